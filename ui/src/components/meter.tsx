import { classes } from "@/lib/classes";
import { percent } from "@/lib/numbers";
import type { Tone } from "./badge";
import styles from "./meter.module.css";

interface MeterProps {
  /** What is measured. */
  label: string;
  /** How full it is; what is beyond 0 to 1 is drawn as these. */
  share: number;
  /** The figure that stands beside it; without it the share is told to those who do not see it. */
  figure?: string;
  tone?: Tone;
  /** A share that is to be reached. */
  mark?: number | null;
}

/** A share of a whole as a bar. */
export function Meter({ label, share, figure, tone = "accent", mark = null }: MeterProps) {
  const within = Math.min(Math.max(share, 0), 1);
  return (
    <span className={classes(styles.meter, figure !== undefined && styles.told)}>
      {/* biome-ignore lint/a11y/useSemanticElements: browsers draw a meter element each in its own way. */}
      <span
        className={styles.track}
        role="meter"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={1}
        aria-valuenow={within}
        aria-valuetext={figure ?? percent(share)}
      >
        <span className={classes(styles.fill, styles[tone])} style={{ width: `${within * 100}%` }} />
        {mark === null ? null : <span className={styles.mark} style={{ left: `${mark * 100}%` }} />}
      </span>
      {figure}
    </span>
  );
}
