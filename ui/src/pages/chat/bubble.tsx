import type { ReactNode } from "react";
import { classes } from "@/lib/classes";
import styles from "./bubble.module.css";

interface BubbleProps {
  /** Whether it has not been taken up yet. */
  queued?: boolean;
  children: ReactNode;
}

/** What a person says. */
export function Bubble({ queued = false, children }: BubbleProps) {
  return <div className={classes(styles.bubble, queued ? styles.queued : styles.said)}>{children}</div>;
}
