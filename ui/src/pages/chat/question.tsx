import { Pencil } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { PlainText } from "@/components/markdown";
import type { TurnPlace } from "./branches";
import { Bubble } from "./bubble";
import { textOf } from "./messages";
import type { TurnCardProps } from "./turn_card";
import styles from "./turn_card.module.css";
import { MAY_NOT_ASK } from "./words";

const NOT_WHILE_AT_WORK = "This question can be changed when its answer is there, or is stopped.";
const NOT_PLACED = "This question cannot be changed: what was before it is not known.";

/** What was asked; it can be changed, and its other versions looked at. */
export function Question(props: TurnCardProps) {
  const { turn, place, live, mayRun, threadId, touchedWorld, onEdit, onVersion } = props;
  const [draft, setDraft] = useState<string | null>(null);
  if (turn.question === null) return null;
  const text = textOf(turn.question);
  const isPlaced = place !== null && place.before !== null;
  const why = !mayRun ? MAY_NOT_ASK : live !== null ? NOT_WHILE_AT_WORK : isPlaced ? undefined : NOT_PLACED;
  if (draft !== null && place !== null) {
    const send = () => {
      setDraft(null);
      if (draft.trim() !== "") onEdit(turn, place, draft);
    };
    return (
      <form
        className={styles.edit}
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <textarea
          // biome-ignore lint/a11y/noAutofocus: the person has just asked to edit this.
          autoFocus
          aria-label="Your question, changed"
          rows={Math.min(12, draft.split("\n").length + 1)}
          value={draft}
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Escape") setDraft(null);
            if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
              event.preventDefault();
              send();
            }
          }}
        />
        <p className={styles.hint}>
          This makes another version from here. The former one stays.
          {touchedWorld ? (
            <>
              {" "}
              So does what has been done outside since then:{" "}
              <Link to={`/threads/${threadId}/undo`}>undo it</Link> where it should not.
            </>
          ) : null}
        </p>
        <div className={styles.buttons}>
          <Button type="submit" look="main" small>
            Send the changed question
          </Button>
          <Button small onClick={() => setDraft(null)}>
            Cancel
          </Button>
        </div>
      </form>
    );
  }
  return (
    <div className={styles.question}>
      <Bubble>
        <PlainText text={text} />
      </Bubble>
      <div className={styles.tools}>
        {place === null ? null : <Versions place={place} onVersion={onVersion} />}
        <Button look="quiet" small label="Edit this question" why={why} onClick={() => setDraft(text)}>
          <Pencil size={14} aria-hidden />
        </Button>
      </div>
    </div>
  );
}

function Versions({ place, onVersion }: { place: TurnPlace; onVersion: (end: string) => void }) {
  const at = place.versions.indexOf(place.end);
  if (place.versions.length < 2 || at < 0) return null;
  const go = (step: number) => {
    const end = place.versions[at + step];
    if (end !== undefined) onVersion(end);
  };
  return (
    <fieldset className={styles.versions} aria-label="Versions of this turn">
      <Button look="quiet" small label="Earlier version" disabled={at === 0} onClick={() => go(-1)}>
        ‹
      </Button>
      <span>
        {at + 1} / {place.versions.length}
      </span>
      <Button
        look="quiet"
        small
        label="Later version"
        disabled={at === place.versions.length - 1}
        onClick={() => go(1)}
      >
        ›
      </Button>
    </fieldset>
  );
}
