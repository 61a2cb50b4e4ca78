import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { Time } from "@/components/time";
import type { Point } from "./points";
import styles from "./undo.module.css";

interface ChoosePointProps {
  threadId: string;
  points: Point[];
  /** What a step is called; empty where it is not known. */
  stepName: (checkpointId: string) => string;
  chosen: string;
  onChoose: (checkpointId: string) => void;
}

const SHOWN = 120;

/** The points that one can go back to: before each turn, or any step by its id. */
export function ChoosePoint({ threadId, points, stepName, chosen, onChoose }: ChoosePointProps) {
  const another = chosen !== "" && !points.some((point) => point.checkpointId === chosen);
  return (
    <Card title="1 · Back to where?">
      <fieldset className={styles.points}>
        <legend className="visually-hidden">The point to go back to</legend>
        {another ? (
          <label className={styles.point} data-chosen>
            <input type="radio" name="point" checked readOnly />
            <span>
              Back to {stepName(chosen) || <code>{chosen.slice(0, 13)}…</code>}, which you chose in the
              history
            </span>
          </label>
        ) : null}
        {points.map((point) => (
          <label
            key={point.checkpointId}
            className={styles.point}
            data-chosen={point.checkpointId === chosen || undefined}
          >
            <input
              type="radio"
              name="point"
              checked={point.checkpointId === chosen}
              onChange={() => onChoose(point.checkpointId)}
            />
            <span className={styles.pointText}>
              <span>
                Before{" "}
                {point.said === "" ? (
                  "this turn"
                ) : (
                  <q>
                    <bdi>{point.said.length > SHOWN ? `${point.said.slice(0, SHOWN)}…` : point.said}</bdi>
                  </q>
                )}
              </span>
              <span className="quiet">
                <Time at={point.at} /> · takes back{" "}
                {point.turns === 1 ? "the last turn" : `the last ${point.turns} turns`}
              </span>
            </span>
            <Badge tone={point.effects > 0 ? "warn" : "neutral"}>
              {point.effects === 0
                ? "nothing done outside"
                : point.effects === 1
                  ? "1 action stands"
                  : `${point.effects} actions stand`}
            </Badge>
          </label>
        ))}
      </fieldset>
      <p className="quiet">
        Another step? Choose it in the{" "}
        <Link to={`/threads/${encodeURIComponent(threadId)}/history`}>history</Link>.
      </p>
    </Card>
  );
}
