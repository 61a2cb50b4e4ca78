import type { CSSProperties, ReactNode } from "react";
import styles from "./panes.module.css";

interface PanesProps {
  /** How wide the two are, as columns of a grid. */
  widths: string;
  /** What stays in sight while the other is read, at most `--kept-height` high: a list to choose from, a drawing. */
  kept: ReactNode;
  /** What stands beside it, or below it where there is no room; with null what is kept has all the width. */
  children: ReactNode | null;
}

/** Two panes, of which one stays in sight. */
export function Panes({ widths, kept, children }: PanesProps) {
  return (
    <div
      className={styles.panes}
      style={{ "--panes": widths } as CSSProperties}
      data-beside={children !== null || undefined}
    >
      <div className={styles.kept}>{kept}</div>
      {children === null ? null : <div className={styles.beside}>{children}</div>}
    </div>
  );
}
