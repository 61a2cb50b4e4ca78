import { Card } from "@/components/card";
import type { Effect } from "@/judging/types";
import { statusWords } from "@/judging/words";
import { EffectRow } from "./effect_row";
import type { Undo } from "./model";
import styles from "./undo.module.css";

/** Each effect while it is being undone, as the ledger has it now. */
export function Progress({ doing, effects }: { doing: Undo[]; effects: Effect[] }) {
  const byDigest = new Map(effects.map((effect) => [effect.digest, effect]));
  const done = doing.filter((one) => byDigest.get(one.digest)?.status === "compensated").length;
  return (
    <Card title="Undoing…">
      <p role="status">
        {done} of {doing.length} undone. You may leave this page: it goes on by itself.
      </p>
      <progress
        className={styles.progress}
        value={done}
        max={Math.max(doing.length, 1)}
        aria-label="Undone so far"
      />
      <ol className={styles.effects}>
        {doing.map((one) => {
          const effect = byDigest.get(one.digest);
          return (
            <EffectRow
              key={one.digest}
              one={one}
              effect={effect}
              standing={statusWords(effect?.status ?? one.before)}
            />
          );
        })}
      </ol>
    </Card>
  );
}
