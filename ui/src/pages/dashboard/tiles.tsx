import { money, percent, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import styles from "./dashboard.module.css";
import type { Figures } from "./types";
import { targetOf } from "./words";

/** The figures that one looks at first. */
export function Tiles({ figures }: { figures: Figures }) {
  const { runs, latency, confidence, people, cost, objectives } = figures;
  const aim = (name: string, told: (target: number) => string) => {
    const target = targetOf(objectives, name);
    return target === null ? "" : `; aim: ${told(target)}`;
  };
  const tiles: [name: string, value: string, more: string][] = [
    ["Runs", whole(runs.total), `${whole(runs.open)} running now`],
    ["Success", percent(runs.success_rate, 1), `${whole(runs.failed)} failed${aim("success", percent)}`],
    [
      "Half end within",
      duration(latency.p50),
      `95 % within ${duration(latency.p95)}${aim("latency_p95", duration)}`,
    ],
    [
      "Confidence",
      confidence.mean === null ? "–" : confidence.mean.toFixed(2),
      `mean of ${whole(confidence.n)} turns`,
    ],
    [
      "Sent to a person",
      percent(people.escalation_rate, 1),
      `${whole(people.escalated)} turns${aim("escalation", (target) => `at most ${percent(target)}`)}`,
    ],
    [
      "Changed by people",
      percent(people.override_rate, 1),
      `of ${whole(people.reviews)} decisions${aim("override", (target) => `at most ${percent(target)}`)}`,
    ],
    ["Cost per run", money(cost.per_turn), `${money(cost.total)} in all`],
    [
      "Cost per success",
      money(cost.per_success),
      `${unpriced(cost.unpriced_turns)}${aim("cost_per_success", (target) => `at most ${money(target)}`)}`,
    ],
  ];
  return (
    <dl className={styles.tiles}>
      {tiles.map(([name, value, more]) => (
        <div key={name} className={styles.tile}>
          <dt>{name}</dt>
          <dd>
            <span className={styles.value}>{value}</span>
            <span className="quiet">{more}</span>
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
