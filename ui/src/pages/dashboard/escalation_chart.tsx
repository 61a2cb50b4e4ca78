import { Bar, BarChart, CartesianGrid, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import type { Column } from "@/components/table";
import { percent, whole } from "@/lib/numbers";
import { exactTime } from "@/lib/times";
import { ChartCard } from "./chart_card";
import { AXIS, GRID, HEIGHT, MARGIN, TOOLTIP } from "./chart_style";
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
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <BarChart
          data={buckets.map((one) => ({ ...one, label: bucketLabel(one.at, width) }))}
          margin={MARGIN}
          accessibilityLayer={false}
        >
          <CartesianGrid vertical={false} {...GRID} />
          <XAxis dataKey="label" {...AXIS} minTickGap={24} />
          <YAxis allowDecimals={false} width={40} {...AXIS} />
          <Tooltip {...TOOLTIP} />
          <Bar
            dataKey="escalated"
            name="sent to a person"
            fill="url(#fill-waiting)"
            isAnimationActive={false}
          />
        </BarChart>
      </ResponsiveContainer>
    </ChartCard>
  );
}
