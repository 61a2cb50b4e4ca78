import { memo } from "react";
import { Badge } from "@/components/badge";
import { Time } from "@/components/time";
import { VirtualList } from "@/components/virtual_list";
import { numberOf, parentOf, type StepTree, type TreeDrawing } from "@/steps/branches";
import { changedKeys, type Step, standingOf, titleOf } from "@/steps/step";
import styles from "./history.module.css";
import { Lanes } from "./lanes";

const ROW = 44;
const KEYS_SHOWN = 3;

function Keys({ keys }: { keys: string[] }) {
  if (keys.length === 0) return null;
  const rest = keys.length - KEYS_SHOWN;
  return (
    <span className={styles.keys}>
      {keys.slice(0, KEYS_SHOWN).join(", ")}
      {rest > 0 ? ` and ${rest} more` : null}
    </span>
  );
}

interface RowProps {
  step: Step;
  tree: StepTree;
  drawing: TreeDrawing;
  filtered: boolean;
  head: string | null;
  isCompared: boolean;
}

/** What a row tells: where it is in the tree, who wrote it, and how it stands. */
const Row = memo(function Row({ step, tree, drawing, filtered, head, isCompared }: RowProps) {
  const parent = parentOf(tree, step);
  const standing = standingOf(step);
  const row = tree.steps.length - 1 - (tree.place.get(step.id) ?? 0);
  return (
    <div className={styles.row} data-compared={isCompared || undefined}>
      <Lanes
        drawing={drawing}
        row={row}
        lane={drawing.laneOf.get(step.id) ?? 0}
        height={ROW}
        filtered={filtered}
        hollow={step.source !== "loop"}
      />
      <span className={styles.number}>{numberOf(tree, step.id)}</span>
      <span className={styles.what}>
        <span className={styles.title}>{titleOf(step, parent)}</span>
        <Keys keys={[...changedKeys(step, parent).keys()]} />
      </span>
      {step.id === head ? <Badge tone="accent">now</Badge> : null}
      {standing === "waiting" ? <Badge tone="warn">waits</Badge> : null}
      {standing === "failed" ? <Badge tone="bad">failed</Badge> : null}
      <span className={styles.when}>
        <Time at={step.at} />
      </span>
    </div>
  );
});

interface StepListProps {
  steps: Step[];
  tree: StepTree;
  drawing: TreeDrawing;
  filtered: boolean;
  head: string | null;
  selected: string | null;
  compared: string | null;
  onSelect: (id: string) => void;
}

/** The checkpoints, newest first. */
export function StepList({ steps, selected, compared, onSelect, ...row }: StepListProps) {
  return (
    <VirtualList
      role="listbox"
      label="Steps, newest first"
      rows={steps}
      keyOf={(step) => step.id}
      height={ROW}
      chosen={selected}
      onPick={(step) => onSelect(step.id)}
      onMove={(place) => {
        const step = steps[place];
        if (step !== undefined) onSelect(step.id);
      }}
      attributesOf={(step, place) => ({
        "aria-selected": step.id === selected,
        "aria-posinset": place + 1,
        "aria-setsize": steps.length,
        "data-step": numberOf(row.tree, step.id),
      })}
    >
      {(step) => <Row step={step} isCompared={step.id === compared} {...row} />}
    </VirtualList>
  );
}
