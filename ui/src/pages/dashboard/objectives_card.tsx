import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { Meter } from "@/components/meter";
import { type Column, Table } from "@/components/table";
import { percent } from "@/lib/numbers";
import styles from "./dashboard.module.css";
import type { Figures, Objective } from "./types";
import { budgetWords, objectiveWords } from "./words";

/** What the project aims at, and what is left of each error budget. */
export function ObjectivesCard({ objectives }: { objectives: Figures["objectives"] }) {
  if (objectives === null) return null;
  const columns: Column<Objective>[] = [
    {
      name: "Objective",
      cell: (one) => {
        const { name, aim } = objectiveWords(one);
        return (
          <>
            <strong>{name}</strong>
            <span className={styles.aim}>{aim}</span>
          </>
        );
      },
    },
    { name: "Measured", cell: (one) => objectiveWords(one).value },
    { name: "On", cell: (one) => objectiveWords(one).of },
    {
      name: "State",
      cell: (one) =>
        one.value === null ? (
          <Badge>not measured</Badge>
        ) : (
          <Badge tone={one.met ? "good" : "bad"}>{one.met ? "met" : "missed"}</Badge>
        ),
    },
    { name: "Error budget", cell: (one) => <Budget left={one.budget_left} /> },
    { name: "Being spent", cell: (one) => <Burn rate={one.burn_rate} /> },
  ];
  return (
    <Card title={`Objectives over ${objectives.window_days} days`}>
      {objectives.measured.length === 0 ? (
        <p className="muted">
          podium.toml names none. Add <code>[objectives]</code> with <code>latency_p95</code>,{" "}
          <code>success</code>, <code>escalation</code>, <code>override</code> or{" "}
          <code>cost_per_success</code>.
        </p>
      ) : (
        <Table caption="Objectives" columns={columns} rows={objectives.measured} keyOf={(one) => one.name} />
      )}
    </Card>
  );
}

function Budget({ left }: { left: number }) {
  const tone = left < 0 ? "bad" : left < 0.25 ? "warn" : "good";
  return (
    <Meter label="What is left of the error budget" share={left} figure={budgetWords(left)} tone={tone} />
  );
}

function Burn({ rate }: { rate: number }) {
  if (rate === 0) return "nothing";
  return rate > 1 ? (
    <Badge tone="warn">{rate.toFixed(1)} times too fast</Badge>
  ) : (
    `${percent(rate)} of the pace`
  );
}
