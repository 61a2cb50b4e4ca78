import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { Empty } from "@/components/notice";
import { Table } from "@/components/table";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { Time } from "@/components/time";
import { routeWords } from "@/judging/words";
import { percent, whole } from "@/lib/numbers";
import { type ChangedRun, shifts, type WhatIf } from "./model";
import styles from "./thresholds.module.css";

const TOLD = 200;

/** What the tried thresholds would have done. */
export function Results({ result }: { result: WhatIf }) {
  if (result.decisions === 0) {
    return (
      <Card title="What it would have done">
        <Empty title="There are no decisions to try this on">
          As soon as agents have judged answers and actions, thresholds can be tried on them here.
        </Empty>
      </Card>
    );
  }
  return (
    <>
      <Card title="What it would have done">
        <p role="status">
          <strong>
            {result.changed === 0
              ? "None of the past decisions would have been different."
              : `${whole(result.changed)} of ${whole(result.decisions)} past decisions would have been different.`}
          </strong>{" "}
          {result.skipped > 0
            ? `${whole(result.skipped)} are not counted: too little was recorded of them.`
            : null}
        </p>
        <div className={styles.tally}>
          <Badge tone={result.right_lost > 0 ? "warn" : "neutral"}>
            {whole(result.right_lost)} right answers would not have gone out
          </Badge>
          <Badge tone={result.wrong_caught > 0 ? "good" : "neutral"}>
            {whole(result.wrong_caught)} wrong answers would have been caught
          </Badge>
        </div>
        <p className="quiet">Right and wrong as people said in their feedback and decisions.</p>
        <Shifts result={result} />
      </Card>
      <Changed result={result} />
    </>
  );
}

function Shifts({ result }: { result: WhatIf }) {
  const rows = shifts(result);
  const most = Math.max(1, ...rows.flatMap((row) => [row.inForce, row.tried]));
  return (
    <div className={styles.scroll}>
      <table className={styles.shifts}>
        <caption className="visually-hidden">How many decisions would have gone where</caption>
        <thead>
          <tr>
            <th scope="col">Where it goes</th>
            <th scope="col">In force</th>
            <th scope="col">Tried</th>
            <th scope="col">
              <span className="visually-hidden">As bars</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.route}>
              <th scope="row">{routeWords(row.route).words}</th>
              <td className={styles.number}>{whole(row.inForce)}</td>
              <td className={styles.number}>
                {whole(row.tried)}
                {row.tried === row.inForce ? null : (
                  <span className={styles.delta}>
                    {" "}
                    {row.tried > row.inForce ? "+" : "−"}
                    {whole(Math.abs(row.tried - row.inForce))}
                  </span>
                )}
              </td>
              <td className={styles.bars} aria-hidden>
                <span className={styles.barNow} style={{ width: `${(row.inForce / most) * 100}%` }} />
                <span className={styles.barThen} style={{ width: `${(row.tried / most) * 100}%` }} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const RIGHT = new Map<boolean | null, { words: string; tone: "good" | "bad" | "neutral" }>([
  [true, { words: "right", tone: "good" }],
  [false, { words: "wrong", tone: "bad" }],
  [null, { words: "not rated", tone: "neutral" }],
]);

function Changed({ result }: { result: WhatIf }) {
  const titles = useTitles();
  if (result.runs.length === 0) return null;
  const right = (run: ChangedRun) => RIGHT.get(run.right) ?? { words: "", tone: "neutral" as const };
  return (
    <Card title="Which would have been different">
      {result.changed > result.runs.length ? <p className="quiet">The first {TOLD} of them.</p> : null}
      <Table
        caption="Turns that would have gone elsewhere"
        rows={result.runs}
        keyOf={(run) => `${run.thread_id} ${run.run_id} ${run.at} ${run.rule}`}
        columns={[
          {
            name: "Thread",
            cell: (run) => <ThreadLink id={run.thread_id} titles={titles} view={`/why?run=${run.run_id}`} />,
          },
          { name: "When", cell: (run) => <Time at={run.at} /> },
          { name: "Sure", cell: (run) => percent(run.score), numeric: true },
          {
            name: "In force",
            cell: (run) => <Badge tone={routeWords(run.now).tone}>{routeWords(run.now).words}</Badge>,
          },
          {
            name: "Tried",
            cell: (run) => <Badge tone={routeWords(run.then).tone}>{routeWords(run.then).words}</Badge>,
          },
          { name: "People said", cell: (run) => <Badge tone={right(run).tone}>{right(run).words}</Badge> },
        ]}
      />
    </Card>
  );
}
