import { Badge } from "@/components/badge";
import { percent, whole } from "@/lib/numbers";
import styles from "./knowledge.module.css";
import { PART_NAMES } from "./parts";
import type { Explanation } from "./types";

/** What became of the question before anything was found: its words, and how passages were chosen. */
export function ExplanationHead({ explanation }: { explanation: Explanation }) {
  const { terms, exact, candidates, weights } = explanation;
  return (
    <section className={styles.asked} aria-label="How the question was understood">
      <p className={styles.badges}>
        <span className="muted">Looked for by meaning, and by these words:</span>
        {terms.map(({ term, known, rarity }) => (
          <Badge
            key={term}
            tone={known ? "accent" : "neutral"}
            title={known ? `Rarity ${rarity.toFixed(2)}: rare words count more` : "No passage has this word"}
          >
            {known ? term : <s>{term}</s>}
          </Badge>
        ))}
        {exact.map((one) => (
          <Badge key={one} tone="warn" title="Looked for exactly as it is written">
            “{one}”
          </Badge>
        ))}
      </p>
      <p className="muted">
        {whole(candidates.all)} passages were compared: {whole(candidates.dense)} near by meaning,{" "}
        {whole(candidates.lexical)} with words in common. The score is made of{" "}
        {Object.entries(weights)
          .map(([name, weight]) => `${PART_NAMES[name]?.toLowerCase() ?? name} ${percent(weight)}`)
          .join(", ")}
        .
      </p>
    </section>
  );
}
