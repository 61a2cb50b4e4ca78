import type { ReactNode } from "react";
import { asProblem } from "@/api/problem";
import { classes } from "@/lib/classes";
import { Button } from "./button";
import styles from "./notice.module.css";

type NoticeTone = "info" | "good" | "warn" | "bad";

/** A box that says something about the page around it. */
export function Notice({ tone = "info", children }: { tone?: NoticeTone; children: ReactNode }) {
  return (
    <div className={classes(styles.notice, styles[tone])} role={tone === "bad" ? "alert" : "note"}>
      {children}
    </div>
  );
}

/** What went wrong, its code, what to do next, and another try. */
export function ProblemNotice({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const problem = asProblem(error);
  return (
    <Notice tone="bad">
      <p>
        <strong>{problem.message}</strong> {problem.code === "" ? null : <code>{problem.code}</code>}
      </p>
      {problem.hint === "" ? null : <p>{problem.hint}</p>}
      {onRetry === undefined ? null : (
        <Button small onClick={onRetry}>
          Try again
        </Button>
      )}
    </Notice>
  );
}

/** What a page shows that has nothing to show yet: why, and what to do. */
export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className={styles.empty}>
      <p className={styles.title}>{title}</p>
      {children === undefined ? null : <div>{children}</div>}
    </div>
  );
}

export function Loading({ what = "Loading" }: { what?: string }) {
  return (
    <p className={styles.loading} role="status">
      {what}…
    </p>
  );
}
