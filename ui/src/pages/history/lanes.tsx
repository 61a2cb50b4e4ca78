import type { Lane, TreeDrawing } from "@/steps/branches";
import styles from "./history.module.css";

const GAP = 16;
const SHOWN = 8;
const COLOURS = ["var(--accent)", "var(--good)", "var(--warn)", "var(--bad)", "var(--text-2)"];

const x = (lane: number) => 12 + Math.min(lane, SHOWN - 1) * GAP;
const colourOf = (lane: number) => COLOURS[lane % COLOURS.length];
const lanesWidth = (drawing: TreeDrawing) => 24 + Math.min(Math.max(drawing.width - 1, 0), SHOWN - 1) * GAP;

/** The lines of one lane that pass through a row. */
function LaneInRow({ lane, row, height }: { lane: Lane; row: number; height: number }) {
  const middle = height / 2;
  const end = lane.from?.row ?? lane.bottom;
  const colour = colourOf(lane.lane);
  const at = x(lane.lane);
  if (lane.from !== null && row === lane.from.row) {
    const to = x(lane.from.lane);
    return (
      <path
        d={`M ${at} 0 C ${at} ${middle} ${to} 0 ${to} ${middle}`}
        stroke={colour}
        fill="none"
        strokeWidth={2}
      />
    );
  }
  const top = row === lane.top ? middle : 0;
  const bottom = row === end ? middle : height;
  return <line x1={at} x2={at} y1={top} y2={bottom} stroke={colour} strokeWidth={2} />;
}

interface LanesProps {
  drawing: TreeDrawing;
  row: number;
  lane: number;
  height: number;
  /** Whether rows are left out, so that lines would join what is not joined. */
  filtered: boolean;
  hollow: boolean;
}

const passes = (lane: Lane, row: number) => row >= lane.top && row <= (lane.from?.row ?? lane.bottom);

/** The part of the tree beside one row. */
export function Lanes({ drawing, row, lane, height, filtered, hollow }: LanesProps) {
  return (
    <svg className={styles.lanes} width={lanesWidth(drawing)} height={height} aria-hidden="true">
      {filtered
        ? null
        : drawing.lanes
            .filter((one) => passes(one, row))
            .map((one) => <LaneInRow key={one.end} lane={one} row={row} height={height} />)}
      <circle
        cx={x(lane)}
        cy={height / 2}
        r={5}
        fill={hollow ? "var(--surface)" : colourOf(lane)}
        stroke={colourOf(lane)}
        strokeWidth={2}
      />
    </svg>
  );
}
