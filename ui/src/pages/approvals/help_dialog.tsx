import { Dialog } from "@/components/dialog";
import styles from "./approvals.module.css";

const KEYS: [string, string][] = [
  ["j", "the next one"],
  ["k", "the one before"],
  ["a", "approve (asks once more)"],
  ["e", "change the values, or write the answer"],
  ["r", "reject with a reason"],
  ["m", "assign it to me"],
  ["?", "this help"],
];

/** The keys of the page. */
export function HelpDialog({ onClose }: { onClose: () => void }) {
  return (
    <Dialog title="Keys" onClose={onClose}>
      <dl className={styles.keys}>
        {KEYS.map(([key, words]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
