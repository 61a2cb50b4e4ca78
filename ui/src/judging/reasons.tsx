import styles from "./judging.module.css";
import { reasonWords } from "./words";

/** Why it was decided so, a sentence for each code. */
export function Reasons({ reasons }: { reasons: readonly string[] }) {
  if (reasons.length === 0) return null;
  return (
    <ul className={styles.reasons}>
      {reasons.map((reason) => (
        <li key={reason} dir="auto">
          {reasonWords(reason)}
        </li>
      ))}
    </ul>
  );
}
