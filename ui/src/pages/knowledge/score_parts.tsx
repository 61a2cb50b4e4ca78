import styles from "./knowledge.module.css";
import { PART_NAMES } from "./parts";
import type { HitExplained } from "./types";

/** What a score is made of: each part's value, its weight and what it adds, as a table with bars. */
export function ScoreParts({ explained }: { explained: HitExplained }) {
  return (
    <table className={styles.parts}>
      <caption className="visually-hidden">What the score is made of</caption>
      <thead>
        <tr>
          <th scope="col">Part</th>
          <th scope="col">Value</th>
          <th scope="col">Weight</th>
          <th scope="col">Adds</th>
        </tr>
      </thead>
      <tbody>
        {explained.parts.map((part) => (
          <tr key={part.name}>
            <th scope="row">{PART_NAMES[part.name] ?? part.name}</th>
            <td>{part.value.toFixed(2)}</td>
            <td>× {part.weight.toFixed(2)}</td>
            <td>
              <span className={styles.adds}>
                <span
                  className={styles.bar}
                  aria-hidden
                  style={{ width: `${Math.max(0, part.adds) * 100}%` }}
                />
                <span>{part.adds.toFixed(3)}</span>
              </span>
            </td>
          </tr>
        ))}
        {explained.factor === 1 ? null : (
          <tr>
            <th scope="row">Replaced by a newer document</th>
            <td colSpan={2}>all of it</td>
            <td>× {explained.factor.toFixed(2)}</td>
          </tr>
        )}
        <tr className={styles.sum}>
          <th scope="row">Score</th>
          <td colSpan={2} />
          <td>{explained.score.toFixed(3)}</td>
        </tr>
      </tbody>
    </table>
  );
}
