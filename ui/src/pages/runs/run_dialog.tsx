import type { ReactNode } from "react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy_button";
import { Dialog } from "@/components/dialog";
import { Facts } from "@/components/facts";
import { Notice } from "@/components/notice";
import { StatusBadge } from "@/components/status_badge";
import { Time } from "@/components/time";
import { money, whole } from "@/lib/numbers";
import { duration, exactTime } from "@/lib/times";
import { costOf, secondsOf, type Turn } from "./run";
import styles from "./runs.module.css";
import { RUN_STATUSES } from "./statuses";

/** What is known of one run, and where to look further. */
export function RunDialog({ turn, onClose }: { turn: Turn; onClose: () => void }) {
  const thread = `/threads/${turn.thread_id}`;
  const facts: [string, ReactNode][] = [
    ["Status", <StatusBadge key="status" statuses={RUN_STATUSES} status={turn.status} />],
    ["Began", <Began key="began" at={turn.started_at} />],
    ["Took", duration(secondsOf(turn))],
    ["Graph", turn.graph],
    ["For", turn.owner],
    ["Steps", turn.usage?.steps === undefined ? "–" : whole(turn.usage.steps)],
    ["Model calls", whole(turn.usage?.model_calls ?? 0)],
    [
      "Tokens",
      `${whole(turn.usage?.input_tokens ?? 0)} read, ${whole(turn.usage?.output_tokens ?? 0)} written`,
    ],
    ["Cost", money(costOf(turn.usage))],
    ...Object.entries(turn.models ?? {}).map(([role, model]): [string, ReactNode] => [
      `Model of the ${role}`,
      model,
    ]),
    ["Run", <Id key="run" id={turn.run_id} what="the run's id" />],
    ["Thread", <Id key="thread" id={turn.thread_id} what="the thread's id" />],
  ];
  const actions = (
    <>
      <nav className={styles.links} aria-label="Of this run">
        <Link to={thread}>Conversation</Link>
        <Link to={`${thread}/trace?run=${turn.run_id}`}>Trace</Link>
        <Link to={`${thread}/why?run=${turn.run_id}`}>Why</Link>
      </nav>
      <Button onClick={onClose}>Close</Button>
    </>
  );
  return (
    <Dialog title="Run" onClose={onClose} actions={actions}>
      <div className={styles.body}>
        {turn.error === null ? null : (
          <Notice tone="bad">
            <p>
              <strong>{turn.error.message ?? "It failed."}</strong>{" "}
              {turn.error.code === undefined ? null : <code>{turn.error.code}</code>}
            </p>
            {turn.error.hint ? <p>{turn.error.hint}</p> : null}
          </Notice>
        )}
        <Facts facts={facts} />
      </div>
    </Dialog>
  );
}

function Began({ at }: { at: string }) {
  return (
    <>
      {exactTime(at)} (<Time at={at} />)
    </>
  );
}

function Id({ id, what }: { id: string; what: string }) {
  return (
    <>
      <code>{id}</code> <CopyButton text={id} what={what} />
    </>
  );
}
