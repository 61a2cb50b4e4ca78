import { Bar } from "recharts";
import type { Column } from "@/components/table";
import { money, whole } from "@/lib/numbers";
import { exactTime } from "@/lib/times";
import { Bars } from "./bars";
import { ChartCard } from "./chart_card";
import styles from "./dashboard.module.css";
import type { Bucket, Figures } from "./types";
import { bucketLabel } from "./words";

/** What runs cost. */
export function CostChart({ figures }: { figures: Figures }) {
  const { cost, buckets, bucket_seconds: width } = figures;
  const columns: Column<Bucket>[] = [
    { name: "From", cell: (one) => exactTime(one.at) },
    { name: "Cost", numeric: true, cell: (one) => money(one.cost) },
    { name: "Runs", numeric: true, cell: (one) => whole(one.runs) },
  ];
  const summary = `${money(cost.total)} in all, ${money(cost.per_turn)} per run, ${money(cost.per_success)} per success.`;
  return (
    <ChartCard
      title="Cost"
      units="dollars by when runs began"
      summary={summary}
      columns={columns}
      rows={buckets}
      keyOf={(one) => one.at}
    >
      {cost.model_calls === 0 ? (
        <p className={styles.nothing}>No model was asked in this time, so nothing was spent.</p>
      ) : (
        <Bars
          rows={buckets.map((one) => ({ ...one, label: bucketLabel(one.at, width) }))}
          y={{ width: 64, tickFormatter: money }}
          formatter={money}
        >
          <Bar dataKey="cost" name="cost" fill="var(--accent)" isAnimationActive={false} />
        </Bars>
      )}
    </ChartCard>
  );
}
