import { Card } from "@/components/card";
import { type Column, Table } from "@/components/table";
import { percent, whole } from "@/lib/numbers";
import type { Figures } from "./types";

interface Row {
  what: string;
  n: number;
}

/** What people decided where they were asked. */
export function PeopleCard({ people }: { people: Figures["people"] }) {
  const rows: Row[] = [
    { what: "Approved as proposed", n: people.approved },
    { what: "Changed", n: people.edited },
    { what: "Rejected", n: people.rejected },
    { what: "Answered in words", n: people.responded },
  ];
  const columns: Column<Row>[] = [
    { name: "Decision", cell: (row) => row.what },
    { name: "Times", numeric: true, cell: (row) => whole(row.n) },
    {
      name: "Share",
      numeric: true,
      cell: (row) => (people.reviews === 0 ? "–" : percent(row.n / people.reviews)),
    },
  ];
  return (
    <Card title="People">
      <p className="muted">
        {whole(people.escalated)} turns went to a person ({percent(people.escalation_rate, 1)}); of{" "}
        {whole(people.reviews)} decisions {percent(people.override_rate, 1)} changed or rejected what was
        proposed.
      </p>
      <Table caption="What people decided" columns={columns} rows={rows} keyOf={(row) => row.what} />
    </Card>
  );
}
