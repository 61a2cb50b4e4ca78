import {
  CartesianGrid,
  Legend,
  Line,
  LineChart,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from "recharts";
import type { Column } from "@/components/table";
import { duration, exactTime } from "@/lib/times";
import { ChartCard } from "./chart_card";
import { AXIS, GRID, HEIGHT, LEGEND, MARGIN, TOOLTIP } from "./chart_style";
import type { Bucket, Figures } from "./types";
import { bucketLabel, targetOf } from "./words";

const LINES = [
  { key: "p50", name: "half end within", color: "var(--accent)", dash: undefined, mark: "circle" },
  { key: "p95", name: "95 of 100", color: "var(--warn)", dash: "6 4", mark: "square" },
  { key: "p99", name: "99 of 100", color: "var(--bad)", dash: "2 3", mark: "triangle" },
] as const;

/** How long runs took. */
export function LatencyChart({ figures }: { figures: Figures }) {
  const { latency, buckets, bucket_seconds: width } = figures;
  const target = targetOf(figures.objectives, "latency_p95");
  const columns: Column<Bucket>[] = [
    { name: "From", cell: (one) => exactTime(one.at) },
    { name: "50 %", numeric: true, cell: (one) => duration(one.p50) },
    { name: "95 %", numeric: true, cell: (one) => duration(one.p95) },
    { name: "99 %", numeric: true, cell: (one) => duration(one.p99) },
  ];
  const rows = buckets.map((one) => ({ ...one, label: bucketLabel(one.at, width) }));
  return (
    <ChartCard
      title="Latency"
      units="seconds until a run ended, without waiting for people"
      summary={`Half of the runs ended within ${duration(latency.p50)}, 95 of 100 within ${duration(latency.p95)}, 99 within ${duration(latency.p99)}.`}
      columns={columns}
      rows={buckets}
      keyOf={(one) => one.at}
    >
      <ResponsiveContainer width="100%" height={HEIGHT}>
        <LineChart data={rows} margin={MARGIN} accessibilityLayer={false}>
          <CartesianGrid vertical={false} {...GRID} />
          <XAxis dataKey="label" {...AXIS} minTickGap={24} />
          <YAxis width={48} unit=" s" {...AXIS} />
          <Tooltip {...TOOLTIP} formatter={(value) => duration(Number(value))} />
          <Legend {...LEGEND} />
          {target === null ? null : (
            <ReferenceLine
              y={target}
              stroke="var(--text-2)"
              strokeDasharray="8 4"
              ifOverflow="extendDomain"
              label={{
                value: `aim for 95 of 100: ${duration(target)}`,
                position: "insideBottomLeft",
                fill: "var(--text-2)",
                fontSize: 12,
              }}
            />
          )}
          {LINES.map((line) => (
            <Line
              key={line.key}
              dataKey={line.key}
              name={line.name}
              stroke={line.color}
              strokeWidth={2}
              strokeDasharray={line.dash}
              legendType={line.mark}
              dot={<Mark shape={line.mark} color={line.color} />}
              connectNulls
              isAnimationActive={false}
            />
          ))}
        </LineChart>
      </ResponsiveContainer>
    </ChartCard>
  );
}

interface MarkProps {
  shape: "circle" | "square" | "triangle";
  color: string;
  cx?: number;
  cy?: number;
  value?: unknown;
}

/** A point of a line, of a shape of its own. */
function Mark({ shape, color, cx, cy, value }: MarkProps) {
  if (cx === undefined || cy === undefined || value === null || value === undefined) return null;
  if (shape === "square") return <rect x={cx - 3.5} y={cy - 3.5} width={7} height={7} fill={color} />;
  if (shape === "triangle") return <path d={`M${cx},${cy - 4.5}l4.5,8h-9z`} fill={color} />;
  return <circle cx={cx} cy={cy} r={3.5} fill={color} />;
}
