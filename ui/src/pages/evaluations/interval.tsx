import styles from "./evaluations.module.css";
import { place } from "./figures";

interface IntervalProps {
  mean: number;
  low: number;
  high: number;
  /** The ends of the line. */
  ends: [number, number];
  /** A bound that it is to keep. */
  target?: number | null;
}

/** A figure on a line, with where it may truly lie; the same stands beside it in numbers. */
export function Interval({ mean, low, high, ends: [least, most], target = null }: IntervalProps) {
  const at = (value: number) => `${place(value, least, most) * 100}%`;
  const width = `${(place(high, least, most) - place(low, least, most)) * 100}%`;
  return (
    <span className={styles.line} aria-hidden>
      <span className={styles.band} style={{ left: at(low), width }} />
      {target === null ? null : <span className={styles.target} style={{ left: at(target) }} />}
      <span className={styles.dot} style={{ left: at(mean) }} />
    </span>
  );
}
