import type { ReactNode } from "react";
import styles from "./facts.module.css";

export type Fact = readonly [name: string, value: ReactNode];

interface FactsProps {
  /** Those which are null are left out. */
  facts: readonly (Fact | null)[];
  /** Wide columns for words, or close ones for figures. */
  look?: "columns" | "figures";
}

/** Names with what they stand at. */
export function Facts({ facts, look = "columns" }: FactsProps) {
  return (
    <dl className={`${styles.facts} ${styles[look]}`}>
      {facts.map((fact) =>
        fact === null ? null : (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
      )}
    </dl>
  );
}
