import { Bar } from "recharts";
import type { Column } from "@/components/table";
import { whole } from "@/lib/numbers";
import { exactTime } from "@/lib/times";
import { Bars } from "./bars";
import { ChartCard } from "./chart_card";
import type { Bucket, Figures } from "./types";
import { bucketLabel } from "./words";

/** How many runs there were, and how they ended. */
export function ThroughputChart({ figures }: { figures: Figures }) {
  const { runs, buckets, bucket_seconds: width } = figures;
  const columns: Column<Bucket>[] = [
    { name: "From", cell: (one) => exactTime(one.at) },
    { name: "Runs", numeric: true, cell: (one) => whole(one.runs) },
    { name: "Succeeded", numeric: true, cell: (one) => whole(one.succeeded) },
    { name: "Waiting for a person", numeric: true, cell: (one) => whole(one.interrupted) },
    { name: "Failed", numeric: true, cell: (one) => whole(one.failed) },
  ];
  const rows = buckets.map((one) => ({ ...one, label: bucketLabel(one.at, width) }));
  return (
    <ChartCard
      title="Runs"
      units="runs by when they began"
      summary={`${whole(runs.total)} runs: ${whole(runs.succeeded)} succeeded, ${whole(runs.interrupted)} wait for a person, ${whole(runs.failed)} failed.`}
      columns={columns}
      rows={buckets}
      keyOf={(one) => one.at}
    >
      <Bars rows={rows} legend>
        <Bar
          dataKey="succeeded"
          name="succeeded"
          stackId="runs"
          fill="var(--good)"
          isAnimationActive={false}
        />
        <Bar
          dataKey="interrupted"
          name="asked a person"
          stackId="runs"
          fill="url(#fill-waiting)"
          isAnimationActive={false}
        />
        <Bar
          dataKey="failed"
          name="failed"
          stackId="runs"
          fill="url(#fill-failed)"
          isAnimationActive={false}
        />
      </Bars>
    </ChartCard>
  );
}
