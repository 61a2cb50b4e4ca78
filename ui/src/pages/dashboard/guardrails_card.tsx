import { Badge, type Tone } from "@/components/badge";
import { Card } from "@/components/card";
import { Meter } from "@/components/meter";
import { type Column, Table } from "@/components/table";
import { whole } from "@/lib/numbers";
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
      cell: (one) => <Meter label="Times, against the most" share={one.n / most} figure={whole(one.n)} />,
    },
  ];
  return (
    <Card title="Guardrails">
      {activations.length === 0 ? (
        <p className="muted">No guardrail had anything to say in this time.</p>
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
