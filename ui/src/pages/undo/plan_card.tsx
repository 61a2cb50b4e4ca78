import { useId, useState } from "react";
import { useMay } from "@/api/session";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Notice } from "@/components/notice";
import type { Effect } from "@/judging/types";
import { named } from "@/judging/words";
import { EffectRow } from "./effect_row";
import { onlyOf, type Report, type Undo, WORD } from "./model";
import styles from "./undo.module.css";

interface PlanCardProps {
  plan: Report;
  effects: Effect[];
  onUndo: (only: string[], doing: Undo[]) => void;
}

/** What would be undone, what cannot be, and the confirmation. */
export function PlanCard({ plan, effects, onUndo }: PlanCardProps) {
  const id = useId();
  const may = useMay("decide");
  const [kept, setKept] = useState<ReadonlySet<string>>(new Set());
  const [typed, setTyped] = useState("");
  const chosen = plan.undone.filter((one) => !kept.has(one.digest));
  const possible = chosen.filter((one) => one.undoable);
  const stuck = chosen.filter((one) => !one.undoable);
  const none = plan.undone.length > 0 && chosen.length === 0;
  const ready = may && !none && typed.trim().toLowerCase() === WORD;
  const keep = (digest: string, on: boolean) => {
    const next = new Set(kept);
    if (on) next.delete(digest);
    else next.add(digest);
    setKept(next);
  };
  const label =
    plan.undone.length === 0
      ? "Go back"
      : possible.length === 1
        ? "Undo 1 action and go back"
        : `Undo ${possible.length} actions and go back`;
  return (
    <Card title="2 · What will be undone">
      {plan.undone.length === 0 ? (
        <p>Nothing was done outside since then. Only the conversation goes back.</p>
      ) : (
        <ol className={styles.effects}>
          {plan.undone.map((one) => (
            <EffectRow
              key={one.digest}
              one={one}
              effect={effects.find((effect) => effect.digest === one.digest)}
              standing={standingOf(one, kept)}
              lead={
                <input
                  type="checkbox"
                  checked={!kept.has(one.digest)}
                  aria-label={`Undo ${named(one.tool)} ${one.target}`}
                  onChange={(event) => keep(one.digest, event.target.checked)}
                />
              }
            >
              {one.undoable ? null : <p className={styles.bad}>{one.message}</p>}
            </EffectRow>
          ))}
        </ol>
      )}
      {stuck.length === 0 ? null : (
        <Notice tone="warn">
          {stuck.length === 1 ? "One action" : `${stuck.length} actions`} cannot be undone and will stay done.
          The conversation goes back all the same.
        </Notice>
      )}
      {none ? <Notice>Choose at least one action to undo.</Notice> : null}
      {plan.note === "" ? null : <Notice>{plan.note}</Notice>}
      <form
        className={styles.confirm}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) onUndo(onlyOf(plan.undone, kept), chosen);
        }}
      >
        <label htmlFor={id}>
          Type <strong>{WORD}</strong> to confirm
        </label>
        <div className={styles.row}>
          <input
            id={id}
            type="text"
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            value={typed}
            disabled={!may}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Button type="submit" look="danger" disabled={!ready}>
            {label}
          </Button>
        </div>
        <p className="quiet">
          {may
            ? "Nothing of the conversation is deleted: what is taken back stays in the history as a branch."
            : "Undoing changes the world outside: it is for those who may approve. Your role may look at what it would do."}
        </p>
      </form>
    </Card>
  );
}

function standingOf(one: Undo, kept: ReadonlySet<string>) {
  if (kept.has(one.digest)) return { words: "will be kept", tone: "neutral" as const };
  if (one.undoable) return { words: "will be undone", tone: "good" as const };
  return { words: "cannot be undone", tone: "bad" as const };
}
