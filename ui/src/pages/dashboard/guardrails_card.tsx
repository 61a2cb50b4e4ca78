import { Badge, type Tone } from "@/components/badge";
import { Card } from "@/components/page";
import { type Column, Table } from "@/components/table";
import { whole } from "@/lib/numbers";
import styles from "./dashboard.module.css";
import type { Activation } from "./types";

const TONES: Record<string, Tone> = {
  block: "bad",
  fail: "bad",
  refuse: "bad",
  warn: "warn",
  escalate: "warn",
  fix: "accent",
};

/** Which guardrails said something, where, and how often. */
export function GuardrailsCard({ activations }: { activations: Activation[] }) {
  const most = Math.max(1, ...activations.map((one) => one.n));
  const columns: Column<Activation>[] = [
    { name: "Rule", cell: (one) => one.rule },
    { name: "Where", cell: (one) => one.stage },
    { name: "Outcome", cell: (one) => <Badge tone={TONES[one.outcome] ?? "neutral"}>{one.outcome}</Badge> },
    {
      name: "Times",
      cell: (one) => (
        <span className={styles.budget}>
          <span className={styles.track} aria-hidden>
            <span
              className={`${styles.fill} ${styles.accent}`}
              style={{ width: `${(one.n / most) * 100}%` }}
            />
          </span>
          {whole(one.n)}
        </span>
      ),
    },
  ];
  return (
    <Card title="Guardrails">
      {activations.length === 0 ? (
        <p className={styles.muted}>No guardrail had anything to say in this time.</p>
      ) : (
        <Table
          caption="Guardrails"
          columns={columns}
          rows={activations}
          keyOf={(one) => `${one.rule} ${one.stage} ${one.outcome}`}
        />
      )}
    </Card>
  );
}
