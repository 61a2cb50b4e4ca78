import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Loading } from "@/components/notice";
import { ConfidenceView } from "@/judging/confidence";
import { Reasons } from "@/judging/reasons";
import { named, routeWords } from "@/judging/words";
import { percent } from "@/lib/numbers";
import styles from "./details.module.css";
import type { Confidence, Decision, Evidence, PlanStep, PodiumState, StepResult } from "./types";
import { stepWords } from "./words";

/** What may be unfolded below an answer. */
export type Section = "confidence" | "evidence" | "plan" | "tools";

export const SECTIONS: { name: Section; title: string }[] = [
  { name: "confidence", title: "Confidence" },
  { name: "evidence", title: "Evidence" },
  { name: "plan", title: "Plan" },
  { name: "tools", title: "Tool calls" },
];

/** What a section's button says beside its title: how much there is. */
export function amount(section: Section, state: PodiumState | null): string {
  if (state === null) return "";
  switch (section) {
    case "confidence":
      return state.confidence?.score === undefined ? "" : percent(state.confidence.score);
    case "evidence":
      return count(state.evidence?.length);
    case "plan":
      return count(state.plan?.steps?.length);
    case "tools":
      return count(readCalls(state).length);
  }
}

const count = (number: number | undefined) => (number === undefined ? "" : String(number));

const readCalls = (state: PodiumState) =>
  Object.values(state.results ?? {}).flatMap((result: StepResult) => result.outputs ?? []);

interface DetailsProps {
  section: Section;
  state: PodiumState | null;
  threadId: string;
  onPassage: (evidenceId: string) => void;
}

/** One unfolded section about how an answer came about. */
export function Details({ section, state, threadId, onPassage }: DetailsProps) {
  if (state === null) return <Loading what="Reading what is kept of this turn" />;
  switch (section) {
    case "confidence":
      return (
        <ConfidenceDetails
          confidence={state.confidence}
          decision={state.decision}
          whyLink={`/threads/${threadId}/why${state.turn?.run_id ? `?run=${state.turn.run_id}` : ""}`}
        />
      );
    case "evidence":
      return <EvidenceDetails evidence={state.evidence ?? []} onPassage={onPassage} />;
    case "plan":
      return <PlanDetails steps={state.plan?.steps ?? []} loops={state.loops ?? {}} />;
    case "tools":
      return <ToolDetails state={state} />;
  }
}

function ConfidenceDetails({
  confidence,
  decision,
  whyLink,
}: {
  confidence?: Confidence;
  decision?: Decision;
  whyLink: string;
}) {
  if (confidence?.score === undefined) return <p>This turn ended before anything was judged.</p>;
  return (
    <div className={styles.section}>
      <ConfidenceView confidence={confidence} needed={decision?.threshold} />
      {decision?.route ? (
        <p>
          What came of it: <strong>{routeWords(decision.route).words}</strong>
        </p>
      ) : null}
      <Reasons reasons={[...new Set(confidence.reasons ?? [])]} />
      <p>
        <Link to={whyLink}>Why it was decided so</Link>
      </p>
    </div>
  );
}

function EvidenceDetails({
  evidence,
  onPassage,
}: {
  evidence: Evidence[];
  onPassage: (evidenceId: string) => void;
}) {
  if (evidence.length === 0) return <p>No passages were used.</p>;
  const best = [...evidence].sort((a, b) => b.score - a.score);
  return (
    <ol className={styles.list}>
      {best.map((item) => (
        <li key={item.id}>
          <button type="button" className={styles.row} onClick={() => onPassage(item.id)}>
            <span className={styles.rowTitle}>
              <bdi>{item.title || item.source}</bdi>
            </span>
            <span className={styles.muted}>
              {[item.source, item.date, `relevance ${percent(item.score)}`].filter(Boolean).join(" · ")}
            </span>
            <span className={styles.excerpt} dir="auto">
              {item.text.slice(0, 160)}
              {item.text.length > 160 ? "…" : ""}
            </span>
            {item.trust === "untrusted" ? <Badge tone="warn">not trusted</Badge> : null}
            {item.superseded_by ? <Badge tone="warn">replaced by {item.superseded_by}</Badge> : null}
          </button>
        </li>
      ))}
    </ol>
  );
}

function PlanDetails({ steps, loops }: { steps: PlanStep[]; loops: Record<string, number> }) {
  if (steps.length === 0) return <p>No plan was made.</p>;
  const repeated = Object.entries(loops).filter(([, times]) => times > 0);
  return (
    <div className={styles.section}>
      <ol className={styles.plan}>
        {steps.map((step, place) => (
          <li key={step.id ?? place} dir="auto">
            <Badge>{stepWords(step.kind)}</Badge> {step.tool ? <code>{step.tool}</code> : null}{" "}
            <bdi>{step.instruction}</bdi>
          </li>
        ))}
      </ol>
      {repeated.length === 0 ? null : (
        <p className={styles.muted}>
          {repeated.map(([loop, times]) => `${named(loop)}: ${times}×`).join(", ")}
        </p>
      )}
    </div>
  );
}

const SHOWN = 4_000;

function ToolDetails({ state }: { state: PodiumState }) {
  const calls = readCalls(state);
  if (calls.length === 0) return <p>No tool was called to look something up.</p>;
  return (
    <ul className={styles.list}>
      {calls.map((call, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: what has been called does not change its place.
        <li key={place}>
          <details className={styles.call}>
            <summary>
              <code>{call.tool}</code>{" "}
              <span className={styles.muted}>{JSON.stringify(call.args ?? {}).slice(0, 120)}</span>
            </summary>
            <pre>{(JSON.stringify(call.result ?? call, null, 2) ?? "").slice(0, SHOWN)}</pre>
          </details>
        </li>
      ))}
    </ul>
  );
}
