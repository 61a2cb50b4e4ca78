import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { useRowsInSight } from "@/components/virtual_list";
import { whole } from "@/lib/numbers";
import styles from "./knowledge.module.css";
import type { Chunk } from "./types";

interface ChunkListProps {
  chunks: Chunk[];
  total: number;
  /** The id of the one that is shown in the document. */
  chosen: string;
  onChoose: (chunk: Chunk) => void;
  /** Reads the next ones; undefined when all are there. */
  onMore?: () => void;
}

const ROW_PX = 116;
const SHOWN = 160;

/** The passages that a document was cut into, in order. */
export function ChunkList({ chunks, total, chosen, onChoose, onMore }: ChunkListProps) {
  const { box, drawn } = useRowsInSight({ rows: chunks, keyOf: (one) => one.id, height: ROW_PX, chosen });
  return (
    <section className={styles.chunks} aria-label="Passages">
      <h3>
        {whole(total)} {total === 1 ? "passage" : "passages"}
      </h3>
      <div ref={box} className={styles.scroll}>
        <ol className={styles.rows} style={{ height: drawn.getTotalSize() }}>
          {drawn.getVirtualItems().map((row) => {
            const chunk = chunks[row.index];
            return chunk === undefined ? null : (
              <li
                key={row.key}
                ref={drawn.measureElement}
                data-index={row.index}
                className={styles.row}
                style={{ transform: `translateY(${row.start}px)` }}
              >
                <ChunkButton
                  chunk={chunk}
                  place={row.index}
                  chosen={chunk.id === chosen}
                  onChoose={onChoose}
                />
              </li>
            );
          })}
        </ol>
      </div>
      {onMore === undefined ? null : (
        <Button small onClick={onMore}>
          More passages
        </Button>
      )}
    </section>
  );
}

interface ChunkButtonProps {
  chunk: Chunk;
  place: number;
  chosen: boolean;
  onChoose: (chunk: Chunk) => void;
}

function ChunkButton({ chunk, place, chosen, onChoose }: ChunkButtonProps) {
  return (
    <button type="button" className={styles.chunk} aria-pressed={chosen} onClick={() => onChoose(chunk)}>
      <span className={styles.chunkHead}>
        <strong>{place + 1}</strong>
        <span className={styles.span}>
          {whole(chunk.start)}–{whole(chunk.end)} · {whole(chunk.tokens)} tokens
        </span>
        {chunk.flags.map((flag) => (
          <Badge key={flag} tone="warn">
            {flag}
          </Badge>
        ))}
      </span>
      {chunk.headings === "" ? null : (
        <span className={styles.headings} dir="auto">
          {chunk.headings}
        </span>
      )}
      <span className={styles.start} dir="auto">
        {chunk.text.slice(0, SHOWN)}
        {chunk.text.length > SHOWN ? "…" : ""}
      </span>
    </button>
  );
}
