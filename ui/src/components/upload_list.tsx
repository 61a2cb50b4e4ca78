import { CircleAlert, CircleCheck, Clock } from "lucide-react";
import type { Upload } from "@/api/uploads";
import { bytes } from "@/lib/numbers";
import { Button } from "./button";
import styles from "./upload_list.module.css";

const ICONS = {
  waiting: <Clock size={16} aria-hidden />,
  reading: <progress aria-label="Reading" />,
  done: <CircleCheck size={16} className={styles.good} aria-hidden />,
  failed: <CircleAlert size={16} className={styles.bad} aria-hidden />,
};

/** Files on their way into the knowledge base, and what became of each. */
export function UploadList({ uploads, onForget }: { uploads: Upload[]; onForget: () => void }) {
  if (uploads.length === 0) return null;
  const over = uploads.filter((one) => one.state === "done" || one.state === "failed").length;
  return (
    <section className={styles.box} aria-label="Files being added">
      <header className={styles.head}>
        <span role="status">
          {over} of {uploads.length} {uploads.length === 1 ? "file" : "files"} read
        </span>
        {over === 0 ? null : (
          <Button small look="quiet" onClick={onForget}>
            Clear the list
          </Button>
        )}
      </header>
      <ul className={styles.list}>
        {uploads.map((one) => (
          <li key={one.id} className={styles.upload}>
            <span className={styles.icon}>{ICONS[one.state]}</span>
            <span>
              <bdi>{one.name}</bdi> <span className="muted">{bytes(one.bytes)}</span>
              {one.state === "failed" ? (
                <p className={styles.bad}>
                  {one.problem === null ? one.words : `${one.problem.message} ${one.problem.hint}`}
                </p>
              ) : (
                <span className="muted"> · {one.state === "done" ? one.words : WORDS[one.state]}</span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

const WORDS = { waiting: "waits", reading: "being read and cut into passages" };
