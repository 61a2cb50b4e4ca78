import { useMemo, useState } from "react";
import { classes } from "@/lib/classes";
import { isMessage, messageOf, type ShownMessage } from "@/steps/messages";
import { appended, type DiffLine, diffTexts, type KeyChange } from "@/steps/state_diff";
import { Badge, type Tone } from "./badge";
import styles from "./state_diff.module.css";

const KINDS: Record<KeyChange["kind"], { name: string; tone: Tone }> = {
  added: { name: "new", tone: "good" },
  removed: { name: "gone", tone: "bad" },
  changed: { name: "changed", tone: "accent" },
};

const SAID_LENGTH = 4_000;
const SIGNS = { same: " ", added: "+", removed: "−", left_out: "⋯" };
const SIGNS_SAID = { same: "", added: "added: ", removed: "removed: ", left_out: "" };

/** Lines of a comparison; each says by a sign, not by colour alone, what became of it. */
export function DiffLines({ lines, label }: { lines: DiffLine[]; label: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
    <section className={styles.lines} aria-label={label} tabIndex={0}>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place.
        <div key={at} className={classes(styles.line, styles[line.kind])}>
          <span aria-hidden>{SIGNS[line.kind]}</span>
          <span className="visually-hidden">{SIGNS_SAID[line.kind]}</span>
          <span dir="auto">{line.text}</span>
        </div>
      ))}
    </section>
  );
}

const said = ({ who, text }: ShownMessage): DiffLine => ({
  kind: "added",
  text: `${who}: ${text.length > SAID_LENGTH ? `${text.slice(0, SAID_LENGTH)}…` : text}`,
});

function Change({ change }: { change: KeyChange }) {
  const lines = useMemo(() => {
    const news = appended(change.before, change.after);
    if (news === null) return diffTexts(change.before, change.after);
    const kept = (change.before as unknown[]).length;
    const more: DiffLine[] = news.every(isMessage)
      ? news.map((one, at) => said(messageOf(one, at)))
      : diffTexts("", news.length === 1 ? news[0] : news);
    const before: DiffLine = { kind: "left_out", text: `${kept} ${kept === 1 ? "item" : "items"} as before` };
    return kept === 0 ? more : [before, ...more];
  }, [change]);
  return <DiffLines lines={lines} label={`What changed in ${change.key}`} />;
}

function KeyChanged({ change, by, open }: { change: KeyChange; by: string[]; open: boolean }) {
  const [shown, setShown] = useState(open);
  const { name, tone } = KINDS[change.kind];
  return (
    <details className={styles.key} open={shown} onToggle={(event) => setShown(event.currentTarget.open)}>
      <summary>
        <code>{change.key}</code> <Badge tone={tone}>{name}</Badge>
        {by.length === 0 ? null : <span className={styles.by}>by {by.join(", ")}</span>}
      </summary>
      {shown ? <Change change={change} /> : null}
    </details>
  );
}

const OPEN = 6;

/** What changed between two states, key by key, and who wrote it. */
export function StateDiff({
  changes,
  writers,
}: {
  changes: KeyChange[];
  writers?: ReadonlyMap<string, string[]>;
}) {
  return (
    <div className={styles.keys}>
      {changes.map((change, at) => (
        <KeyChanged key={change.key} change={change} by={writers?.get(change.key) ?? []} open={at < OPEN} />
      ))}
    </div>
  );
}
