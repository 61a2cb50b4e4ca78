import { Check, LoaderCircle } from "lucide-react";
import { duration } from "@/lib/times";
import styles from "./at_work.module.css";
import type { LiveState } from "./live";
import { atWork } from "./words";

/** Who is at work on a run, and what has been done; it is only there while the run goes on. */
export function AtWork({ live }: { live: LiveState }) {
  const now = live.activities.filter((one) => !one.done);
  const done = live.activities.length - now.length;
  return (
    <div className={styles.work}>
      <p className={styles.now}>
        <LoaderCircle size={16} aria-hidden className={styles.spin} />
        {live.connected
          ? now.length === 0
            ? "Working…"
            : `${now.map((one) => atWork(one.node)).join(" · ")}…`
          : "Connecting to the run…"}
      </p>
      {live.activities.length < 2 ? null : (
        <details className={styles.steps}>
          <summary>{done === 1 ? "One step is done" : `${done} steps are done`}</summary>
          <ol>
            {live.activities.map((one, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: steps are only ever added at the end.
              <li key={place}>
                {one.done ? (
                  <Check size={13} aria-label="done" />
                ) : (
                  <LoaderCircle size={13} aria-label="at work" />
                )}
                <span>
                  {atWork(one.node)}
                  {one.seconds === null ? null : ` · ${duration(one.seconds)}`}
                  {one.notes.length === 0 ? null : (
                    <span className={styles.notes} dir="auto">
                      {one.notes.join("; ")}
                    </span>
                  )}
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </div>
  );
}
