import { Bar } from "recharts";
import type { Column } from "@/components/table";
import { percent, whole } from "@/lib/numbers";
import { exactTime } from "@/lib/times";
import { Bars } from "./bars";
import { ChartCard } from "./chart_card";
import type { Bucket, Figures } from "./types";
import { bucketLabel } from "./words";

/** How many turns went to a person. */
export function EscalationChart({ figures }: { figures: Figures }) {
  const { people, buckets, bucket_seconds: width } = figures;
  const columns: Column<Bucket>[] = [
    { name: "From", cell: (one) => exactTime(one.at) },
    { name: "Sent to a person", numeric: true, cell: (one) => whole(one.escalated) },
    { name: "Runs", numeric: true, cell: (one) => whole(one.runs) },
  ];
  return (
    <ChartCard
      title="Sent to a person"
      units="turns by when they began"
      summary={`${whole(people.escalated)} turns went to a person, ${percent(people.escalation_rate, 1)} of all.`}
      columns={columns}
      rows={buckets}
      keyOf={(one) => one.at}
    >
      <Bars rows={buckets.map((one) => ({ ...one, label: bucketLabel(one.at, width) }))}>
        <Bar
          dataKey="escalated"
          name="sent to a person"
          fill="url(#fill-waiting)"
          isAnimationActive={false}
        />
      </Bars>
    </ChartCard>
  );
}
