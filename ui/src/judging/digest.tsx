import { CopyButton } from "@/components/copy_button";
import styles from "./judging.module.css";

/** The digest that stands for exactly one action with exactly these values. */
export function Digest({ digest, label = "Digest" }: { digest: string; label?: string }) {
  return (
    <span className={styles.digest}>
      <span className="quiet">{label}</span> <code title={digest}>{digest.slice(0, 16)}…</code>
      <CopyButton text={digest} what={label.toLowerCase()} />
    </span>
  );
}
