import { useVirtualizer } from "@tanstack/react-virtual";
import { ArrowDown } from "lucide-react";
import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import styles from "./scroll.module.css";

interface ScrollProps {
  /** Another conversation begins at its end again. */
  name: string;
  count: number;
  keyOf: (index: number) => string;
  draw: (index: number) => ReactNode;
  /** What follows the last item. */
  children: ReactNode;
  /** What to begin at in place of the end; -1 for the end. */
  target: number;
  /** Changes whenever there may be more to see at the end. */
  growth: unknown;
}

/** So many items are simply drawn; of more, only those that can be seen. */
const PLAIN = 60;
const NEAR_END = 80;
const GUESS = 160;

/** A conversation that stays at its end while it grows, unless the reader has gone elsewhere. */
export function Scroll({ name, count, keyOf, draw, children, target, growth }: ScrollProps) {
  const box = useRef<HTMLElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const toEnd = useCallback(() => {
    atEnd.current = true;
    setAway(false);
    const element = box.current;
    if (element !== null) element.scrollTop = element.scrollHeight;
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation begins at its end or at its target.
  useLayoutEffect(() => {
    const element = target < 0 ? null : (box.current?.querySelector(`[data-index="${target}"]`) ?? null);
    if (element === null && target < 0) toEnd();
    else {
      atEnd.current = false;
      element?.scrollIntoView({ block: "start" });
    }
  }, [name, toEnd]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the end moves when there is more.
  useLayoutEffect(() => {
    if (atEnd.current) toEnd();
  }, [growth, count, toEnd]);
  const onScroll = () => {
    const element = box.current;
    if (element === null) return;
    atEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    if (away === atEnd.current) setAway(!atEnd.current);
  };
  return (
    <div className={styles.frame}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard. */}
      <section ref={box} className={styles.scroll} onScroll={onScroll} aria-label="Conversation" tabIndex={0}>
        {count <= PLAIN ? (
          Array.from({ length: count }, (_, index) => (
            <div key={keyOf(index)} data-index={index}>
              {draw(index)}
            </div>
          ))
        ) : (
          <Window
            box={box}
            count={count}
            keyOf={keyOf}
            draw={draw}
            target={target}
            atEnd={atEnd}
            toEnd={toEnd}
          />
        )}
        {children}
      </section>
      {away ? (
        <Button className={styles.down} label="To the latest" onClick={toEnd}>
          <ArrowDown size={18} aria-hidden />
        </Button>
      ) : null}
    </div>
  );
}

interface WindowProps extends Pick<ScrollProps, "count" | "keyOf" | "draw" | "target"> {
  box: React.RefObject<HTMLElement | null>;
  atEnd: React.RefObject<boolean>;
  toEnd: () => void;
}

function Window({ box, count, keyOf, draw, target, atEnd, toEnd }: WindowProps) {
  const rows = useVirtualizer({
    count,
    getScrollElement: () => box.current,
    estimateSize: () => GUESS,
    getItemKey: keyOf,
    overscan: 2,
    initialOffset: () => (target < 0 ? count : target) * GUESS,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: only where it begins.
  useLayoutEffect(() => {
    if (target >= 0) rows.scrollToIndex(target, { align: "start" });
  }, []);
  const size = rows.getTotalSize();
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured after they were drawn.
  useEffect(() => {
    if (atEnd.current) toEnd();
  }, [size, toEnd, atEnd]);
  return (
    <div className={styles.window} style={{ height: size }}>
      {rows.getVirtualItems().map((row) => (
        <div
          key={row.key}
          ref={rows.measureElement}
          data-index={row.index}
          className={styles.row}
          style={{ transform: `translateY(${row.start}px)` }}
        >
          {draw(row.index)}
        </div>
      ))}
    </div>
  );
}
