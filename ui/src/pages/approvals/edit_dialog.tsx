import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Notice, ProblemNotice } from "@/components/notice";
import { SchemaForm } from "@/components/schema_form";
import { changes } from "@/judging/changes";
import { Digest } from "@/judging/digest";
import { PreviewTable } from "@/judging/preview";
import { Value } from "@/judging/value";
import { named } from "@/judging/words";
import styles from "./approvals.module.css";
import { type ActionDetail, type Choice, editedArgs, type Waiting } from "./model";
import { useTryEdit } from "./queries";

interface EditDialogProps {
  one: Waiting;
  action: ActionDetail;
  /** What the last button says: approve at once, or with the others. */
  useLabel: string;
  busy: boolean;
  onUse: (choice: Extract<Choice, { kind: "edit" }>) => void;
  onClose: () => void;
}

/** Changes an action's values: first a form, then what they would do and the digest that stands for them. */
export function EditDialog({ one, action, useLabel, busy, onUse, onClose }: EditDialogProps) {
  const [args, setArgs] = useState<Record<string, unknown>>(action.args);
  const tried = useTryEdit(one);
  const result = tried.data;
  const send = (value: unknown) => {
    const next = editedArgs(action.args, value as Record<string, unknown>, action.args_schema);
    setArgs(next);
    tried.mutate({ digest: action.digest, args: next });
  };
  return (
    <Dialog
      wide
      title={`Change: ${named(action.tool)}`}
      onClose={onClose}
      actions={
        result === undefined ? undefined : (
          <>
            <Button onClick={() => tried.reset()}>Change more</Button>
            <Button
              look="main"
              disabled={busy || result.digest === action.digest || !result.may_approve}
              onClick={() => onUse({ kind: "edit", args, result })}
            >
              {useLabel}
            </Button>
          </>
        )
      }
    >
      <div className={styles.stack}>
        {result === undefined ? (
          <>
            <SchemaForm
              schema={action.args_schema}
              value={args}
              submitLabel="Show what this would do"
              disabled={tried.isPending}
              onSubmit={send}
            />
            {tried.error === null ? null : <ProblemNotice error={tried.error} />}
          </>
        ) : (
          <EditResult action={action} result={result} />
        )}
      </div>
    </Dialog>
  );
}

function EditResult({ action, result }: { action: ActionDetail; result: ActionDetail }) {
  if (result.digest === action.digest) {
    return <Notice tone="info">Nothing is changed. Change a value, or approve the action as it is.</Notice>;
  }
  return (
    <>
      <section className={styles.stack}>
        <h3>What you changed</h3>
        <ArgumentChanges before={action} after={result} />
      </section>
      <section className={styles.stack}>
        <h3>What it would do now</h3>
        <PreviewTable preview={result.preview} caption="What the changed action would do" />
      </section>
      <Notice tone="info">
        <p>A changed action is another action: this is what you approve, and the one proposed is closed.</p>
        <p className={styles.foot}>
          <Digest digest={result.digest} label="New digest" />
          <span className="quiet">
            in place of <code>{action.digest.slice(0, 16)}…</code>
          </span>
        </p>
      </Notice>
    </>
  );
}

/** Which values differ, before and after. */
export function ArgumentChanges({ before, after }: { before: ActionDetail; after: ActionDetail }) {
  const rows = changes(before.args, after.args).filter((row) => row.changed);
  return (
    <ul className={styles.changes}>
      {rows.map((row) => (
        <li key={row.name}>
          <strong>
            <bdi>{row.name}</bdi>
          </strong>
          <del>
            <Value value={row.before} />
          </del>
          <span aria-hidden>→</span>
          <ins>
            <Value value={row.after} />
          </ins>
        </li>
      ))}
    </ul>
  );
}
