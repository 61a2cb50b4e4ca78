import { X } from "lucide-react";
import { useConnection } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { CopyButton } from "@/components/copy_button";
import { Facts } from "@/components/facts";
import { JsonView } from "@/components/json_view";
import { LongText } from "@/components/long_text";
import { ProblemNotice } from "@/components/notice";
import { Table } from "@/components/table";
import { Time } from "@/components/time";
import { effectWords, statusWords } from "@/judging/words";
import { duration } from "@/lib/times";
import { curlOfSpan } from "./curl";
import { useWholeSpan } from "./load";
import { ModelDetails } from "./model_details";
import type { Guardrail, Hit, Retrieval, Span, ToolCall } from "./span";
import styles from "./trace.module.css";
import { nameOf } from "./waterfall";

const digestOf = (digest: string) => (
  <>
    <code>{digest.slice(0, 16)}</code> <CopyButton text={digest} what="the digest" />
  </>
);

/** What is said of calls that are no actions. */
const UNDONE: Record<string, string> = {
  read: "nothing is changed by it",
  "": "not known: the graph calls it by itself",
};

function ToolDetails({ call }: { call: ToolCall }) {
  return (
    <>
      <Facts
        look="figures"
        facts={[
          ["Tool", call.tool],
          ["Undoing", UNDONE[call.effect] ?? effectWords(call.effect).words],
          ["Went well", call.ok ? "yes" : `no${call.code ? `: ${call.code}` : ""}`],
          call.status ? ["Now", statusWords(call.status).words] : null,
          call.digest ? ["Digest", digestOf(call.digest)] : null,
        ]}
      />
      <h3>Arguments</h3>
      <JsonView value={call.args} label="Arguments" />
      <h3>Result</h3>
      <JsonView value={call.result} label="Result" />
    </>
  );
}

const HIT_COLUMNS = [
  { name: "Source", cell: (hit: Hit) => hit.source },
  { name: "Collection", cell: (hit: Hit) => hit.collection },
  { name: "Score", cell: (hit: Hit) => hit.score?.toFixed(3) ?? "–", numeric: true },
  { name: "By meaning", cell: (hit: Hit) => hit.similarity?.toFixed(3) ?? "–", numeric: true },
];

function RetrievalDetails({ retrieval }: { retrieval: Retrieval }) {
  return (
    <>
      <h3>Searched for</h3>
      <LongText text={retrieval.query} label="Searched for" />
      {retrieval.failed ? <p className={styles.problem}>Could not be asked: {retrieval.failed}</p> : null}
      <h3>Found</h3>
      {retrieval.hits.length === 0 ? (
        <p className="quiet">Nothing was found.</p>
      ) : (
        <Table caption="Passages found" columns={HIT_COLUMNS} rows={retrieval.hits} keyOf={(hit) => hit.id} />
      )}
    </>
  );
}

function GuardrailDetails({ guardrail, verdicts }: { guardrail: Guardrail; verdicts: Span[] }) {
  const told = guardrail.verdict
    ? [guardrail.verdict]
    : verdicts.flatMap((span) => span.guardrail?.verdict ?? []);
  return (
    <>
      <p>
        Checked at stage <strong>{guardrail.stage}</strong>.
      </p>
      {told.length === 0 ? (
        <p className="quiet">No rule had anything to say.</p>
      ) : (
        <ul className={styles.verdicts}>
          {told.map((verdict, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: verdicts have no identity but their place.
            <li key={at}>
              <strong>{verdict.rule}</strong>: {verdict.outcome}
              {verdict.target ? <span className="quiet"> on {verdict.target}</span> : null}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

interface SpanDetailsProps {
  threadId: string;
  span: Span;
  /** The call before it of the same agent, for a call of a model. */
  before: Span | undefined;
  /** What happened within it. */
  within: Span[];
  onClose: () => void;
}

function Content({
  threadId,
  span,
  before,
  within,
  isWhole,
}: Omit<SpanDetailsProps, "onClose"> & { isWhole: boolean }) {
  return (
    <>
      {span.model ? (
        <ModelDetails threadId={threadId} span={span} call={span.model} before={before} isWhole={isWhole} />
      ) : null}
      {span.tool ? <ToolDetails call={span.tool} /> : null}
      {span.retrieval ? <RetrievalDetails retrieval={span.retrieval} /> : null}
      {span.guardrail ? <GuardrailDetails guardrail={span.guardrail} verdicts={within} /> : null}
      {Object.keys(span.attributes).length > 0 ? (
        <details open={!span.model && !span.tool && !span.retrieval && !span.guardrail}>
          <summary>Attributes</summary>
          <JsonView value={span.attributes} label="Attributes" />
        </details>
      ) : null}
    </>
  );
}

/** All that is known of a span. */
export function SpanDetails({ threadId, span: chosen, before, within, onClose }: SpanDetailsProps) {
  const { url, key } = useConnection();
  const { span, isWhole, error } = useWholeSpan(threadId, chosen);
  if (span === null) return null;
  return (
    <Card
      region
      title={nameOf(span)}
      actions={
        <Button look="quiet" label="Close the details" onClick={onClose}>
          <X size={18} aria-hidden />
        </Button>
      }
    >
      <p className="quiet">
        {span.kind} · <Time at={span.started_at} /> · {Math.round(span.started_ms)} ms after the run began
        {span.kind === "event" ? "" : ` · ${duration(span.seconds)}`}
      </p>
      {span.status === "error" ? (
        <p className={styles.problem}>
          <Badge tone="bad">failed</Badge> {span.error}
        </p>
      ) : null}
      {error === null ? null : <ProblemNotice error={error} />}
      <Content threadId={threadId} span={span} before={before} within={within} isWhole={isWhole} />
      <p className="quiet">
        Span <code>{span.span_id}</code> <CopyButton text={span.span_id} what="the span's id" /> of trace{" "}
        <code>{span.trace_id.slice(0, 16)}</code> <CopyButton text={span.trace_id} what="the trace's id" />
      </p>
      <div className={styles.group}>
        <CopyButton
          text={curlOfSpan(url, key !== "", threadId, span.seq)}
          what="a curl that fetches this record"
        >
          Copy this record as curl
        </CopyButton>
      </div>
    </Card>
  );
}
