import { Bar } from "recharts";
import type { Column } from "@/components/table";
import { whole } from "@/lib/numbers";
import { Bars } from "./bars";
import { ChartCard } from "./chart_card";
import type { Figures } from "./types";

type Bin = Figures["confidence"]["bins"][number];

const labelOf = (bin: Bin) => `${bin.low.toFixed(1)}–${bin.high.toFixed(1)}`;

/** How sure turns were. */
export function ConfidenceChart({ confidence }: { confidence: Figures["confidence"] }) {
  const columns: Column<Bin>[] = [
    { name: "Confidence", cell: labelOf },
    { name: "Turns", numeric: true, cell: (bin) => whole(bin.n) },
  ];
  const mean = confidence.mean === null ? "none yet" : confidence.mean.toFixed(2);
  return (
    <ChartCard
      title="Confidence"
      units="turns by how sure they were, from 0 to 1"
      summary={`${whole(confidence.n)} turns, mean confidence ${mean}.`}
      columns={columns}
      rows={confidence.bins}
      keyOf={labelOf}
    >
      <Bars rows={confidence.bins.map((bin) => ({ ...bin, label: labelOf(bin) }))}>
        <Bar dataKey="n" name="turns" fill="var(--accent)" isAnimationActive={false} />
      </Bars>
    </ChartCard>
  );
}
