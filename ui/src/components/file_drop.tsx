import { FileUp } from "lucide-react";
import { type DragEvent, useRef, useState } from "react";
import { classes } from "@/lib/classes";
import { Button } from "./button";
import styles from "./file_drop.module.css";

interface FileDropProps {
  /** Endings that may be chosen: ".md". Empty for any. */
  formats: readonly string[];
  onFiles: (files: File[]) => void;
  /** Why nobody may drop files here; undefined when they may. */
  refusal?: string;
}

/** A place to drop files on, and a button that opens the file chooser. */
export function FileDrop({ formats, onFiles, refusal }: FileDropProps) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const take = (files: FileList | null) => {
    if (files !== null && files.length > 0) onFiles([...files]);
  };
  const allow = (event: DragEvent) => {
    event.preventDefault();
    setOver(refusal === undefined);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (refusal === undefined) take(event.dataTransfer.files);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the button inside does the same by keyboard.
    <div
      className={classes(styles.drop, over && styles.over)}
      onDragOver={allow}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <FileUp size={20} aria-hidden />
      <span>{refusal ?? "Drop files here, or"}</span>
      <Button disabled={refusal !== undefined} onClick={() => input.current?.click()}>
        Choose files
      </Button>
      {formats.length === 0 ? null : <span className={styles.formats}>{formats.join("  ")}</span>}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to add"
        accept={formats.join(",")}
        onChange={(event) => {
          take(event.target.files);
          event.target.value = "";
        }}
      />
    </div>
  );
}
