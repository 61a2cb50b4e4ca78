import type { ComponentProps, ReactNode } from "react";
import { BarChart, CartesianGrid, Legend, ResponsiveContainer, Tooltip, XAxis, YAxis } from "recharts";
import { AXIS, GRID, HEIGHT, LEGEND, MARGIN, TOOLTIP } from "./chart_style";

interface BarsProps {
  rows: readonly { label: string }[];
  /** What differs from an axis of whole numbers. */
  y?: ComponentProps<typeof YAxis>;
  /** How a value is told. */
  formatter?: (value: number) => string;
  /** Whether the bars are told apart below. */
  legend?: boolean;
  /** A `Bar` for each thing that is drawn. */
  children: ReactNode;
}

/** Bars, one for each row or several on top of each other. */
export function Bars({
  rows,
  y = { allowDecimals: false, width: 40 },
  formatter,
  legend,
  children,
}: BarsProps) {
  return (
    <ResponsiveContainer width="100%" height={HEIGHT}>
      <BarChart data={rows} margin={MARGIN} accessibilityLayer={false}>
        <CartesianGrid vertical={false} {...GRID} />
        <XAxis dataKey="label" {...AXIS} minTickGap={24} />
        <YAxis {...y} {...AXIS} />
        <Tooltip
          {...TOOLTIP}
          formatter={formatter === undefined ? undefined : (value) => formatter(Number(value))}
        />
        {legend ? <Legend {...LEGEND} /> : null}
        {children}
      </BarChart>
    </ResponsiveContainer>
  );
}
