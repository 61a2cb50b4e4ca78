import { Meter } from "@/components/meter";
import { percent } from "@/lib/numbers";
import styles from "./judging.module.css";
import type { Factor } from "./types";
import { factorWords } from "./words";

interface ConfidenceViewProps {
  /** As a server tells it, or as a state holds it, where much may be missing. */
  confidence: { score: number; factors?: Factor[]; uncalibrated?: number | null; calibrated?: boolean };
  needed?: number | null;
}

/** How sure the agents were, against what was needed, and what it is made of. */
export function ConfidenceView({ confidence, needed }: ConfidenceViewProps) {
  const factors = [...(confidence.factors ?? [])].sort((one, other) => one.value - other.value);
  const raw = confidence.uncalibrated ?? null;
  return (
    <div className={styles.confidence}>
      <p>
        <strong className={styles.score}>{percent(confidence.score)}</strong> sure
        {needed === undefined || needed === null ? null : <>, {percent(needed)} needed</>}
        <span className="quiet">
          {" · "}
          {confidence.calibrated
            ? `calibrated${raw === null ? "" : `, ${percent(raw)} before`}`
            : "not calibrated: no fitted calibration stands behind it yet"}
        </span>
      </p>
      <Meter label="Confidence" share={confidence.score} mark={needed} />
      {factors.length === 0 ? null : (
        <dl className={styles.factors}>
          {factors.map((factor) => (
            <div key={factor.name} className={styles.factor}>
              <dt>
                {factorWords(factor.name)} <span className="quiet">×{factor.weight}</span>
              </dt>
              <dd>
                <Meter label={factorWords(factor.name)} share={factor.value} />
                <span className={styles.number}>{percent(factor.value)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
