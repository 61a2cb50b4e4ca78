import type { ReactNode } from "react";
import { classes } from "@/lib/classes";
import styles from "./facts.module.css";

export type Fact = readonly [name: string, value: ReactNode];

interface FactsProps {
  /** Those which are null are left out. */
  facts: readonly (Fact | null)[];
  /** Two columns for words, two close ones for figures, or side by side with what they come to below. */
  look?: "columns" | "figures" | "sums";
}

/** Names with what they stand at. */
export function Facts({ facts, look = "columns" }: FactsProps) {
  return (
    <dl className={classes(styles.facts, styles[look])}>
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
