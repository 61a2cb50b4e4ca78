import { whole } from "@/lib/numbers";
import styles from "./knowledge.module.css";
import type { LeftOut } from "./types";

const WHY: Record<string, string> = {
  repeats: "says the same as a better one",
  below: "was not among the best",
};

/** What nearly made it. */
export function LeftOutList({ leftOut }: { leftOut: LeftOut[] }) {
  if (leftOut.length === 0) return null;
  return (
    <details className={styles.leftOut}>
      <summary>
        {whole(leftOut.length)} {leftOut.length === 1 ? "passage was" : "passages were"} left out
      </summary>
      <ul>
        {leftOut.map((one) => (
          <li key={`${one.source}:${one.start}`}>
            <bdi>{one.source}</bdi>, characters {whole(one.start)}–{whole(one.end)}: {WHY[one.why] ?? one.why}{" "}
            ({one.score.toFixed(2)})
          </li>
        ))}
      </ul>
    </details>
  );
}
