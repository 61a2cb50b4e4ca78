import { Link } from "react-router";
import { useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Markdown } from "@/components/markdown";
import { Notice } from "@/components/notice";
import { FourEyes } from "@/judging/four_eyes";
import { PreviewTable } from "@/judging/preview";
import { named, statusWords } from "@/judging/words";
import styles from "./approvals.module.css";
import { type Outcome, pathOf } from "./model";

const BAD = new Set(["failed", "in_doubt", "unverified"]);
const DONE = new Set(["succeeded", "verified"]);

/** What came of a decision: each action and how it ended, and what the user hears. */
export function OutcomeNotice({ outcome, onNext }: { outcome: Outcome; onNext?: () => void }) {
  return outcome.status === "interrupted" ? (
    <AskedAgain outcome={outcome} />
  ) : (
    <Ended outcome={outcome} onNext={onNext} />
  );
}

/** The thread waits again: for another person, for an answer that can be taken, or with something else to ask. */
function AskedAgain({ outcome }: { outcome: Outcome }) {
  const [next] = outcome.reply?.interrupts ?? [];
  const { me } = useSession();
  const why = outcome.reply?.error?.message ?? "";
  const isConsent = why === "" && next !== undefined && next.consents.length > 0;
  const told = isConsent ? "Your approval is on record." : "The agents went on, and ask again.";
  return (
    <Notice tone={isConsent ? "good" : "warn"}>
      <p role="status">
        <strong>{why === "" ? told : "Your answer was not taken."}</strong>
      </p>
      {why === "" ? null : <p dir="auto">{why}</p>}
      {isConsent ? <FourEyes people={next.people} consents={next.consents} me={me?.principal ?? ""} /> : null}
      {next === undefined ? null : (
        <p>
          <Link to={pathOf({ thread_id: outcome.thread_id, interrupt_id: next.id })}>See what waits now</Link>
        </p>
      )}
    </Notice>
  );
}

function Ended({ outcome, onNext }: { outcome: Outcome; onNext?: () => void }) {
  const actions = (outcome.reply?.actions ?? []).filter((action) => action.status !== "superseded");
  const bad = outcome.status === "failed" || actions.some((action) => BAD.has(action.status));
  const done = actions.filter((action) => DONE.has(action.status));
  return (
    <Notice tone={bad ? "bad" : done.length > 0 ? "good" : "info"}>
      <p role="status">
        <strong>
          {bad
            ? "Decided, but not all went well."
            : done.length > 0
              ? "Decided and carried out."
              : outcome.reply === null
                ? "Decided: the graph went on with your answer."
                : "Decided: nothing was done."}
        </strong>
      </p>
      {actions.length === 0 ? null : (
        <ul className={styles.list}>
          {actions.map((action) => (
            <li key={action.digest}>
              <Badge tone={statusWords(action.status).tone}>{statusWords(action.status).words}</Badge>{" "}
              <strong>{named(action.tool)}</strong>{" "}
              <code>
                <bdi>{action.target}</bdi>
              </code>
              {action.error === "" ? null : <p dir="auto">{action.error}</p>}
              {DONE.has(action.status) ? (
                <PreviewTable preview={action.preview} caption={`What ${named(action.tool)} changed`} />
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {outcome.reply?.answer ? (
        <div>
          <p className="quiet">The user reads:</p>
          <Markdown text={outcome.reply.answer} />
        </div>
      ) : null}
      <p className={styles.row}>
        {onNext === undefined ? null : (
          <Button look="main" onClick={onNext}>
            Next
          </Button>
        )}
        <Link to={`/threads/${encodeURIComponent(outcome.thread_id)}`}>Open the thread</Link>
        {done.length === 0 ? null : (
          <Link to={`/threads/${encodeURIComponent(outcome.thread_id)}/undo`}>Undo it</Link>
        )}
      </p>
    </Notice>
  );
}
