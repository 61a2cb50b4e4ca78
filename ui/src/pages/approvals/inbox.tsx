import { Link, useSearchParams } from "react-router";
import { Badge } from "@/components/badge";
import { Empty } from "@/components/notice";
import { Time } from "@/components/time";
import { missingWords, progress } from "@/judging/consents";
import { effectWords } from "@/judging/words";
import { percent } from "@/lib/numbers";
import styles from "./approvals.module.css";
import { idOf, isExpired, pathOf, riskOf, titleOf, unsafe, type Waiting } from "./model";

interface InboxProps {
  items: Waiting[];
  /** Whether anything waits at all, filtered out or not. */
  any: boolean;
  open: string;
  me: string;
  /** Ids that are picked for a decision together; null while nothing is picked. */
  picked: ReadonlySet<string> | null;
  onPick: (id: string, on: boolean) => void;
}

/** What waits, a row each. */
export function Inbox({ items, any, open, me, picked, onPick }: InboxProps) {
  const [search] = useSearchParams();
  if (items.length === 0) {
    return any ? (
      <Empty title="Nothing fits these filters">Clear the filters to see all that waits.</Empty>
    ) : (
      <Empty title="Nothing waits for you">
        When agents want to do something that a person has to allow, or are not sure of an answer, it appears
        here.
      </Empty>
    );
  }
  return (
    <ul className={styles.inbox} aria-label="What waits">
      {items.map((one) => (
        <li key={idOf(one)} className={styles.item} data-open={idOf(one) === open || undefined}>
          {picked === null ? null : <Pick one={one} me={me} on={picked.has(idOf(one))} onPick={onPick} />}
          <Link
            to={{ pathname: pathOf(one), search: search.toString() }}
            className={styles.itemLink}
            aria-current={idOf(one) === open ? "true" : undefined}
          >
            <Row one={one} me={me} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function Row({ one, me }: { one: Waiting; me: string }) {
  const risk = riskOf(one);
  const reach = risk === null ? null : effectWords(risk);
  const expired = isExpired(one, Date.now());
  const [action] = one.actions;
  const subject =
    action === undefined ? one.draft || one.question : action.target || Object.values(action.args).join(", ");
  return (
    <>
      <span className={styles.itemHead}>
        <strong>
          <bdi>{titleOf(one)}</bdi>
        </strong>
        <span className="quiet">
          <Time at={one.created_at} />
        </span>
      </span>
      <span className={styles.subject}>
        <bdi>{String(subject).slice(0, 140)}</bdi>
      </span>
      <span className={styles.badges}>
        {expired ? <Badge tone="bad">expired</Badge> : null}
        {one.people > 1 ? (
          <Badge tone="warn" title={missingWords(one.people, one.consents)}>
            {progress(one.people, one.consents)}
          </Badge>
        ) : null}
        {reach === null ? <Badge>answer</Badge> : <Badge tone={reach.tone}>{reach.words}</Badge>}
        {one.confidence === null ? null : <Badge>{percent(one.confidence)} sure</Badge>}
        {one.assignee === null ? null : (
          <Badge tone={one.assignee === me ? "accent" : "neutral"}>
            {one.assignee === me ? "yours" : <bdi>{one.assignee}</bdi>}
          </Badge>
        )}
        {!expired && one.expires_at !== null ? (
          <span className="quiet">
            expires <Time at={one.expires_at} />
          </span>
        ) : null}
      </span>
    </>
  );
}

function Pick({
  one,
  me,
  on,
  onPick,
}: {
  one: Waiting;
  me: string;
  on: boolean;
  onPick: InboxProps["onPick"];
}) {
  const why = unsafe(one, me, Date.now());
  return (
    <input
      type="checkbox"
      className={styles.pick}
      checked={on}
      disabled={why !== ""}
      title={why || undefined}
      aria-label={why === "" ? `Pick ${titleOf(one)}` : `${titleOf(one)} cannot be approved together: ${why}`}
      onChange={(event) => onPick(idOf(one), event.target.checked)}
    />
  );
}
