import {
  CartesianGrid,
  ErrorBar,
  ReferenceLine,
  ResponsiveContainer,
  Scatter,
  ScatterChart,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Column } from "@/components/table";
import { percent, whole } from "@/lib/numbers";
import { ChartCard } from "./chart_card";
import { AXIS, GRID, HEIGHT, MARGIN, TOOLTIP } from "./chart_style";
import styles from "./dashboard.module.css";
import { points } from "./reliability";
import type { Figures, ReliabilityBin } from "./types";

const ENDS: [number, number] = [0, 1];
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const DIAGONAL = [
  { x: 0, y: 0 },
  { x: 1, y: 1 },
] as const;

/** Whether turns were as often right as they were sure to be. */
export function ReliabilityChart({ reliability }: { reliability: Figures["reliability"] }) {
  const { n, brier, ece, bins, labels } = reliability;
  const columns: Column<ReliabilityBin>[] = [
    { name: "Confidence", cell: (bin) => `${bin.low.toFixed(1)}–${bin.high.toFixed(1)}` },
    { name: "Mean", numeric: true, cell: (bin) => percent(bin.confidence) },
    { name: "Right", numeric: true, cell: (bin) => percent(bin.right) },
    {
      name: "95 % interval",
      numeric: true,
      cell: (bin) =>
        bin.right_low === null ? "–" : `${percent(bin.right_low)} to ${percent(bin.right_high)}`,
    },
    { name: "Turns", numeric: true, cell: (bin) => whole(bin.n) },
  ];
  const figures =
    n === 0
      ? ""
      : ` Brier score ${brier?.toFixed(3) ?? "–"}, calibration error ${ece?.toFixed(3) ?? "–"}; 0 is best.`;
  const known = `${whole(n)} turns that people judged (${whole(labels.feedback)} by feedback, ${whole(labels.reviews)} by decisions).${figures}`;
  return (
    <ChartCard
      title="Reliability"
      units="share that was right, by confidence; on the line they agree"
      summary={known}
      columns={columns}
      rows={bins.filter((bin) => bin.n > 0)}
      keyOf={(bin) => String(bin.low)}
    >
      {n === 0 ? (
        <p className={styles.nothing}>
          Nobody has said yet which answers were right. Rate answers in the chat, or decide approvals.
        </p>
      ) : (
        <>
          <ResponsiveContainer width="100%" height={HEIGHT - 28}>
            <ScatterChart margin={MARGIN} accessibilityLayer={false}>
              <CartesianGrid {...GRID} />
              <XAxis
                type="number"
                dataKey="confidence"
                name="confidence"
                domain={ENDS}
                ticks={TICKS}
                {...AXIS}
              />
              <YAxis
                type="number"
                dataKey="right"
                name="right"
                domain={ENDS}
                ticks={TICKS}
                width={40}
                {...AXIS}
              />
              <ReferenceLine segment={DIAGONAL} stroke="var(--line-strong)" strokeDasharray="6 4" />
              <Tooltip {...TOOLTIP} formatter={(value) => percent(Number(value))} />
              <Scatter data={points(bins)} fill="var(--accent)" shape="diamond" isAnimationActive={false}>
                <ErrorBar
                  dataKey="error"
                  direction="y"
                  stroke="var(--accent)"
                  width={4}
                  isAnimationActive={false}
                />
              </Scatter>
            </ScatterChart>
          </ResponsiveContainer>
          <p className="quiet">{known}</p>
        </>
      )}
    </ChartCard>
  );
}
