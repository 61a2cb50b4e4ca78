import { money, percent, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import styles from "./dashboard.module.css";
import type { Figures } from "./types";

/** The figures that one looks at first. */
export function Tiles({ figures }: { figures: Figures }) {
  const { runs, latency, confidence, people, cost } = figures;
  const tiles: [name: string, value: string, more: string][] = [
    ["Runs", whole(runs.total), `${whole(runs.open)} running now`],
    [
      "Success",
      percent(runs.success_rate, 1),
      `${whole(runs.failed)} failed, ${whole(runs.cancelled)} cancelled`,
    ],
    ["Half end within", duration(latency.p50), `95 % within ${duration(latency.p95)}`],
    [
      "Confidence",
      confidence.mean === null ? "–" : confidence.mean.toFixed(2),
      `mean of ${whole(confidence.n)} turns`,
    ],
    ["Sent to a person", percent(people.escalation_rate, 1), `${whole(people.escalated)} turns`],
    ["Changed by people", percent(people.override_rate, 1), `of ${whole(people.reviews)} decisions`],
    ["Cost per run", money(cost.per_turn), `${money(cost.total)} in all`],
    ["Cost per success", money(cost.per_success), unpriced(cost.unpriced_turns)],
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(([name, value, more]) => (
        <div key={name} className={styles.tile}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.value}>{value}</span>
            <span className={styles.muted}>{more}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}

const unpriced = (turns: number) =>
  turns === 0
    ? "all prices are known"
    : `without ${whole(turns)} ${turns === 1 ? "turn" : "turns"} of unknown price`;
