import { Link } from "react-router";
import { useMay } from "@/api/session";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Notice, ProblemNotice } from "@/components/notice";
import type { Effect } from "@/judging/types";
import { statusWords } from "@/judging/words";
import { EffectRow } from "./effect_row";
import { needsWord, type Report, type Undo, wayOut } from "./model";
import { useSettle } from "./queries";
import styles from "./undo.module.css";

interface ReportCardProps {
  threadId: string;
  report: Report;
  effects: Effect[];
  onAgain: () => void;
}

/** What was undone, what was not, and what to do about that. */
export function ReportCard({ threadId, report, effects, onAgain }: ReportCardProps) {
  const undone = report.undone.filter((one) => one.after === "compensated");
  const rest = report.undone.filter((one) => one.after !== "compensated");
  const kept = rest.filter((one) => one.message === "kept");
  const stuck = rest.filter((one) => one.message !== "kept");
  const rows = (list: Undo[]) => (
    <ol className={styles.effects}>
      {list.map((one) => (
        <ReportRow key={one.digest} threadId={threadId} one={one} effects={effects} />
      ))}
    </ol>
  );
  return (
    <Card title="Report">
      <Notice tone={stuck.length === 0 ? "good" : "bad"}>
        <p role="status">
          <strong>{headline(undone.length, stuck.length)}</strong>
        </p>
        {report.checkpoint_id === "" ? null : <p>The conversation is back at the point that you chose.</p>}
        {report.note === "" ? null : <p>{report.note}</p>}
      </Notice>
      {undone.length === 0 ? null : (
        <section className={styles.part}>
          <h3>Undone, and read back that it is gone</h3>
          {rows(undone)}
        </section>
      )}
      {stuck.length === 0 ? null : (
        <section className={styles.part}>
          <h3>Not undone: what to do</h3>
          {rows(stuck)}
        </section>
      )}
      {kept.length === 0 ? null : (
        <section className={styles.part}>
          <h3>Kept as you chose</h3>
          {rows(kept)}
        </section>
      )}
      <p className={styles.row}>
        <Link to={`/threads/${encodeURIComponent(threadId)}`}>Back to the conversation</Link>
        <Button onClick={onAgain}>Undo something else</Button>
      </p>
    </Card>
  );
}

function headline(undone: number, stuck: number): string {
  if (stuck > 0) return `${undone} undone, ${stuck} not. The report says what to do.`;
  if (undone === 0) return "Nothing had to be undone outside.";
  return undone === 1 ? "1 action was undone." : `${undone} actions were undone.`;
}

function ReportRow({ threadId, one, effects }: { threadId: string; one: Undo; effects: Effect[] }) {
  const may = useMay("decide");
  const settle = useSettle(threadId);
  const effect = effects.find((known) => known.digest === one.digest);
  const status = effect?.status ?? one.after;
  const way = one.message === "kept" ? "" : wayOut({ ...one, after: status });
  const undoing = status.startsWith("compensation");
  return (
    <EffectRow one={one} effect={effect} standing={statusWords(status)}>
      {way === "" ? null : (
        <p>
          {one.message === "" ? null : (
            <span className={styles.bad} dir="auto">
              {one.message}.{" "}
            </span>
          )}
          {way}
        </p>
      )}
      {way !== "" && needsWord(status) ? (
        <p className={styles.row}>
          <Button
            small
            disabled={!may || settle.isPending}
            onClick={() => settle.mutate({ digest: one.digest, happened: true })}
          >
            {undoing ? "It is undone" : "It happened"}
          </Button>
          <Button
            small
            disabled={!may || settle.isPending}
            onClick={() => settle.mutate({ digest: one.digest, happened: false })}
          >
            {undoing ? "It is not undone" : "It did not happen"}
          </Button>
          {may ? null : <span className="quiet">Only those who may decide can say so.</span>}
        </p>
      ) : null}
      {settle.error === null ? null : <ProblemNotice error={settle.error} />}
    </EffectRow>
  );
}
