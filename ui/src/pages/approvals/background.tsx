import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { ConfidenceView } from "@/judging/confidence";
import { Reasons } from "@/judging/reasons";
import { Value } from "@/judging/value";
import { named } from "@/judging/words";
import { percent } from "@/lib/numbers";
import styles from "./approvals.module.css";
import type { Evidence, ReviewDetail, Verdict, WaitingDetail } from "./model";

/** Why a person is asked, and what the decision may go by. */
export function Background({ one, detail }: { one: WaitingDetail; detail: ReviewDetail }) {
  const reasons = [...new Set([...one.reasons, ...(detail.confidence?.reasons ?? [])])];
  return (
    <>
      <Card title="Why you are asked">
        <Reasons reasons={reasons} />
        {detail.confidence === null ? null : <ConfidenceView confidence={detail.confidence} />}
        <p className="quiet">
          Policy <code>{detail.policy_version}</code> ·{" "}
          <Link to={`/threads/${encodeURIComponent(one.thread_id)}/why`}>How it came to this</Link>
        </p>
      </Card>
      {detail.verdicts.length === 0 ? null : (
        <Card title="What guardrails said">
          <Verdicts verdicts={detail.verdicts} />
        </Card>
      )}
      {detail.evidence.length === 0 ? null : (
        <Card title="Evidence">
          <EvidenceList evidence={detail.evidence} />
        </Card>
      )}
    </>
  );
}

const OUTCOMES: Record<string, { words: string; tone: "neutral" | "warn" | "bad" }> = {
  fix: { words: "mended", tone: "neutral" },
  filter: { words: "taken out", tone: "warn" },
  retry: { words: "tried again", tone: "warn" },
  escalate: { words: "ask a person", tone: "warn" },
  refuse: { words: "refuse", tone: "bad" },
};

function Verdicts({ verdicts }: { verdicts: Verdict[] }) {
  return (
    <ul className={styles.list}>
      {verdicts.map((verdict, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: two rules may say the same of the same.
        <li key={place}>
          <Badge tone={OUTCOMES[verdict.outcome]?.tone}>
            {OUTCOMES[verdict.outcome]?.words ?? verdict.outcome}
          </Badge>{" "}
          <strong>{named(verdict.rule)}</strong>
          {verdict.target === "" ? null : <span className="quiet"> on {verdict.target}</span>}
          {verdict.reason === "" ? null : <p dir="auto">{verdict.reason}</p>}
        </li>
      ))}
    </ul>
  );
}

function EvidenceList({ evidence }: { evidence: Evidence[] }) {
  return (
    <ul className={styles.list}>
      {evidence.map((item) => (
        <li key={item.id}>
          <details>
            <summary>
              <bdi>{item.title || item.source}</bdi>{" "}
              <span className="quiet">
                <bdi>{item.source}</bdi>
                {item.date === "" ? "" : `, ${item.date}`} · relevance {percent(item.score)}
              </span>{" "}
              {item.trust === "untrusted" ? <Badge tone="bad">not trusted</Badge> : null}
              {item.superseded_by === "" ? null : <Badge tone="warn">replaced by {item.superseded_by}</Badge>}
            </summary>
            <p className={styles.passage} dir="auto">
              <Value value={item.text} />
            </p>
          </details>
        </li>
      ))}
    </ul>
  );
}
