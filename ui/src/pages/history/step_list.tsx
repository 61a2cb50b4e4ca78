import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, memo, useEffect, useId, useRef } from "react";
import { Badge } from "@/components/badge";
import { Time } from "@/components/time";
import type { StepTree, TreeDrawing } from "@/steps/branches";
import { changedKeys, type Step, standingOf, titleOf } from "@/steps/step";
import styles from "./history.module.css";
import { Lanes } from "./lanes";

const ROW = 44;
const OVERSCAN = 6;
const KEYS_SHOWN = 3;
const PAGE = 10;

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
}

/** What a row tells: where it is in the tree, who wrote it, and how it stands. */
const Row = memo(function Row({ step, tree, drawing, filtered, head }: RowProps) {
  const parent = step.parentId === null ? undefined : tree.byId.get(step.parentId);
  const standing = standingOf(step);
  const row = tree.steps.length - 1 - (tree.place.get(step.id) ?? 0);
  return (
    <>
      <Lanes
        drawing={drawing}
        row={row}
        lane={drawing.laneOf.get(step.id) ?? 0}
        height={ROW}
        filtered={filtered}
        hollow={step.source !== "loop"}
      />
      <span className={styles.number}>{step.step}</span>
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
    </>
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

function moved(key: string, at: number, last: number): number | null {
  switch (key) {
    case "ArrowDown":
      return Math.min(at + 1, last);
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "PageDown":
      return Math.min(at + PAGE, last);
    case "PageUp":
      return Math.max(at - PAGE, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

/** The checkpoints, newest first, as a list of which only what is seen is drawn. */
export function StepList(props: StepListProps) {
  const { steps, tree, drawing, filtered, head, selected, compared, onSelect } = props;
  const box = useRef<HTMLDivElement>(null);
  const id = useId();
  const rows = useVirtualizer({
    count: steps.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW,
    overscan: OVERSCAN,
    getItemKey: (index) => steps[index]?.id ?? index,
  });
  const at = steps.findIndex((step) => step.id === selected);
  // biome-ignore lint/correctness/useExhaustiveDependencies: it scrolls when the choice changes, not when rows come.
  useEffect(() => {
    if (at !== -1) rows.scrollToIndex(at, { align: "auto" });
  }, [selected]);
  const onKeyDown = (event: KeyboardEvent) => {
    const next = moved(event.key, at, steps.length - 1);
    const step = next === null ? undefined : steps[next];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    onSelect(step.id);
  };
  return (
    <div
      ref={box}
      className={styles.list}
      role="listbox"
      aria-label="Steps, newest first"
      aria-activedescendant={at === -1 ? undefined : `${id}-${steps[at]?.id}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.rows} style={{ height: rows.getTotalSize() }} role="presentation">
        {rows.getVirtualItems().map((item) => {
          const step = steps[item.index] as Step;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the list takes the keys for its options.
            // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus and names the active option.
            <div
              key={item.key}
              id={`${id}-${step.id}`}
              className={styles.row}
              style={{ transform: `translateY(${item.start}px)`, height: ROW }}
              role="option"
              aria-selected={step.id === selected}
              aria-posinset={item.index + 1}
              aria-setsize={steps.length}
              data-step={step.step}
              data-compared={step.id === compared || undefined}
              onClick={() => onSelect(step.id)}
            >
              <Row step={step} tree={tree} drawing={drawing} filtered={filtered} head={head} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
