import { percent } from "@/lib/numbers";
import styles from "./judging.module.css";
import type { Confidence } from "./types";
import { factorWords } from "./words";

/** A share as a bar; its figure stands beside it for those who do not see it. */
export function Bar({ share, mark, label }: { share: number; mark?: number | null; label: string }) {
  const within = Math.min(Math.max(share, 0), 1);
  return (
    <span className={styles.bar} role="img" aria-label={`${label}: ${percent(share)}`}>
      <span className={styles.fill} style={{ width: `${within * 100}%` }} />
      {mark === undefined || mark === null ? null : (
        <span className={styles.mark} style={{ left: `${mark * 100}%` }} />
      )}
    </span>
  );
}

/** How sure the agents were, against what was needed, and what it is made of. */
export function ConfidenceView({ confidence, needed }: { confidence: Confidence; needed?: number | null }) {
  const factors = [...confidence.factors].sort((one, other) => one.value - other.value);
  const raw = confidence.uncalibrated;
  return (
    <div className={styles.confidence}>
      <p>
        <strong className={styles.score}>{percent(confidence.score)}</strong> sure
        {needed === undefined || needed === null ? null : <>, {percent(needed)} needed</>}
        <span className={styles.muted}>
          {" · "}
          {confidence.calibrated
            ? `calibrated${raw === null ? "" : `, ${percent(raw)} before`}`
            : "not calibrated: no fitted calibration stands behind it yet"}
        </span>
      </p>
      <Bar share={confidence.score} mark={needed} label="Confidence" />
      {factors.length === 0 ? null : (
        <dl className={styles.factors}>
          {factors.map((factor) => (
            <div key={factor.name} className={styles.factor}>
              <dt>
                {factorWords(factor.name)} <span className={styles.muted}>×{factor.weight}</span>
              </dt>
              <dd>
                <Bar share={factor.value} label={factorWords(factor.name)} />
                <span className={styles.number}>{percent(factor.value)}</span>
              </dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}
