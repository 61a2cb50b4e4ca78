import { useVirtualizer } from "@tanstack/react-virtual";
import { type HTMLAttributes, type KeyboardEvent, type ReactNode, useEffect, useId, useRef } from "react";
import styles from "./virtual_list.module.css";

const OVERSCAN = 6;
const PAGE = 10;

interface RowsInSight<Row> {
  rows: readonly Row[];
  /** What tells a row from others, whatever is above it. */
  keyOf: (row: Row) => string;
  /** Pixels of a row, about. */
  height: number;
  /** The key of the chosen row. */
  chosen: string | null;
}

/** The rows that are seen of a box that scrolls. Another chosen one is scrolled to, also when it comes later. */
export function useRowsInSight<Row>({ rows, keyOf, height, chosen }: RowsInSight<Row>) {
  const box = useRef<HTMLDivElement>(null);
  const drawn = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    getItemKey: (at) => {
      const row = rows[at];
      return row === undefined ? at : keyOf(row);
    },
  });
  const at = chosen === null ? -1 : rows.findIndex((row) => keyOf(row) === chosen);
  const isThere = at !== -1;
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows that come above the chosen one move nothing.
  useEffect(() => {
    if (isThere) drawn.scrollToIndex(at, { align: "auto" });
  }, [chosen, isThere]);
  return { box, drawn, at };
}

/** Where a key leads to from a place in a list, if it is one that moves. */
export function placeAfter(key: string, at: number, last: number): number | null {
  const moves: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + PAGE,
    PageUp: at - PAGE,
    Home: 0,
    End: last,
  };
  const to = moves[key];
  return to === undefined ? null : Math.min(Math.max(to, 0), last);
}

const BACKWARDS = new Set(["ArrowUp", "PageUp", "End"]);

interface VirtualListProps<Row> extends RowsInSight<Row> {
  role: "listbox" | "tree";
  label: string;
  /** A row that was clicked. */
  onPick: (row: Row) => void;
  /** A place that a key leads to, and whether the way there goes up from it. */
  onMove: (place: number, isUp: boolean) => void;
  /** The keys that open and close an item of a tree. */
  onOpen?: (open: boolean) => void;
  /** What else a row's element says of it. */
  attributesOf: (
    row: Row,
    place: number,
  ) => HTMLAttributes<HTMLDivElement> & Record<`data-${string}`, unknown>;
  children: (row: Row) => ReactNode;
}

/** A list or tree of any length, of which only what is seen is drawn, with one row chosen by click or key. */
export function VirtualList<Row>({ role, label, onPick, onMove, onOpen, ...props }: VirtualListProps<Row>) {
  const { rows, keyOf, height, attributesOf, children } = props;
  const { box, drawn, at } = useRowsInSight(props);
  const id = useId();
  const chosen = rows[at];
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      onOpen?.(event.key === "ArrowRight");
      return;
    }
    const to = placeAfter(event.key, at, rows.length - 1);
    if (to === null) return;
    event.preventDefault();
    onMove(to, BACKWARDS.has(event.key));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions lint/a11y/useAriaPropsSupportedByRole: its role is one of two.
    <div
      ref={box}
      className={styles.list}
      role={role}
      aria-label={label}
      aria-activedescendant={chosen === undefined ? undefined : `${id}-${keyOf(chosen)}`}
      tabIndex={0}
      onKeyDown={onKeyDown}
    >
      <div className={styles.rows} style={{ height: drawn.getTotalSize() }} role="presentation">
        {drawn.getVirtualItems().map((item) => {
          const row = rows[item.index] as Row;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/noStaticElementInteractions: an option or item of a list, which takes the keys for it.
            <div
              key={item.key}
              id={`${id}-${keyOf(row)}`}
              className={styles.row}
              style={{ transform: `translateY(${item.start}px)`, height }}
              role={role === "tree" ? "treeitem" : "option"}
              onClick={() => onPick(row)}
              {...attributesOf(row, item.index)}
            >
              {children(row)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
