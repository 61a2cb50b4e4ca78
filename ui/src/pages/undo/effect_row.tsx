import type { ReactNode } from "react";
import { Badge, type Tone } from "@/components/badge";
import { Time } from "@/components/time";
import { PreviewTable } from "@/judging/preview";
import type { Effect } from "@/judging/types";
import { effectWords, named } from "@/judging/words";
import type { Undo } from "./model";
import styles from "./undo.module.css";

/** What undoing turns back: what was after becomes what was before. */
const turned = ({ preview: { before, after, ...beside } }: Effect) => ({
  ...beside,
  before: after,
  after: before,
});

interface EffectRowProps {
  one: Undo;
  effect: Effect | undefined;
  standing: { words: string; tone: Tone };
  lead?: ReactNode;
  children?: ReactNode;
}

/** One outside effect: what was done, when, and how it stands. */
export function EffectRow({ one, effect, standing, lead, children }: EffectRowProps) {
  const reach = effectWords(one.effect);
  return (
    <li className={styles.effect}>
      <div className={styles.effectHead}>
        {lead}
        <strong>
          <bdi>{named(one.tool)}</bdi>
        </strong>
        {one.target === "" ? null : (
          <code>
            <bdi>{one.target}</bdi>
          </code>
        )}
        <Badge tone={standing.tone}>{standing.words}</Badge>
        {standing.tone === "bad" && reach.risk < 3 ? <Badge>{reach.words}</Badge> : null}
        {effect === undefined ? null : (
          <span className="quiet">
            done <Time at={effect.ended_at || effect.proposed_at} />
          </span>
        )}
      </div>
      {children}
      {effect === undefined || Object.keys(effect.preview).length === 0 ? null : (
        <details>
          <summary>
            {effect.status === "compensated" ? "What was changed back" : "What undoing changes"}
          </summary>
          <PreviewTable preview={turned(effect)} caption={`What undoing ${named(one.tool)} changes`} />
        </details>
      )}
    </li>
  );
}
