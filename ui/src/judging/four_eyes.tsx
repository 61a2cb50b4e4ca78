import { Badge } from "@/components/badge";
import { Time } from "@/components/time";
import { approvers, type Consent, missingWords, progress } from "./consents";
import styles from "./four_eyes.module.css";

interface FourEyesProps {
  people: number;
  consents: readonly Consent[];
  /** Who looks. */
  me: string;
}

/** How many of the people who have to approve have done so, who and when; nothing where one is enough. */
export function FourEyes({ people, consents, me }: FourEyesProps) {
  if (!(people > 1)) return null; // older servers do not say
  const given = approvers(consents);
  return (
    <p className={styles.state}>
      <Badge tone="warn">{progress(people, consents)}</Badge>
      <span>
        {given.map((one, place) => (
          <span key={one.principal}>
            {place === 0 ? "by " : ", "}
            {one.principal === me ? "you" : <bdi>{one.principal}</bdi>} <Time at={one.at} />
          </span>
        ))}
        {given.length === 0 ? null : "; "}
        {missingWords(people, consents)}
      </span>
    </p>
  );
}
