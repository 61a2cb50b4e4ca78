import { Check, LoaderCircle } from "lucide-react";
import { useEffect, useState } from "react";
import { duration } from "@/lib/times";
import styles from "./at_work.module.css";
import type { LiveState } from "./live";
import { atWork } from "./words";

interface AtWorkProps {
  live: LiveState;
  /** Whether the project's own agents are at work, whose answer is checked before it is shown. */
  own: boolean;
}

/** Who is at work on a run, on what, for how long, and what has been done; only there while the run goes on. */
export function AtWork({ live, own }: AtWorkProps) {
  const now = live.activities.filter((one) => !one.done);
  const done = live.activities.length - now.length;
  const told = now.flatMap((one) => one.notes.slice(-1));
  return (
    <div className={styles.work}>
      <p className={styles.now}>
        <LoaderCircle size={16} aria-hidden className={styles.spin} />
        <span>
          {live.connected
            ? now.length === 0
              ? "Working…"
              : `${now.map((one) => atWork(one.node)).join(" · ")}…`
            : "Connecting to the run…"}{" "}
          <Elapsed since={live.since} />
        </span>
      </p>
      {told.length === 0 ? null : (
        <p className={styles.told} dir="auto">
          {told.join("; ")}
        </p>
      )}
      {own ? <p className={styles.told}>The answer appears whole, as soon as it has been checked.</p> : null}
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

/** The time since a moment, told from the second second on. */
function Elapsed({ since }: { since: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.floor((now - since) / 1_000);
  if (seconds < 2) return null;
  return <span className={styles.elapsed}>{seconds < 60 ? `${seconds} s` : duration(seconds)}</span>;
}
