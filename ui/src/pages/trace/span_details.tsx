import { X } from "lucide-react";
import { useConnection } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy_button";
import { JsonView } from "@/components/json_view";
import { LongText } from "@/components/long_text";
import { ProblemNotice } from "@/components/notice";
import { Table } from "@/components/table";
import { Time } from "@/components/time";
import { duration } from "@/lib/times";
import { curlOfSpan } from "./curl";
import { useWholeSpan } from "./load";
import { ModelDetails } from "./model_details";
import type { Guardrail, Hit, Retrieval, Span, ToolCall } from "./span";
import styles from "./trace.module.css";
import { nameOf } from "./waterfall";

function ToolDetails({ call }: { call: ToolCall }) {
  return (
    <>
      <dl className={styles.facts}>
        <dt>Tool</dt>
        <dd>{call.tool}</dd>
        <dt>Can be undone</dt>
        <dd>{call.effect === "read" ? "nothing is changed by it" : call.effect}</dd>
        <dt>Went well</dt>
        <dd>{call.ok ? "yes" : `no${call.code ? `: ${call.code}` : ""}`}</dd>
        {call.status ? (
          <>
            <dt>Now</dt>
            <dd>{call.status}</dd>
          </>
        ) : null}
        {call.digest ? (
          <>
            <dt>Digest</dt>
            <dd>
              <code>{call.digest.slice(0, 16)}</code> <CopyButton text={call.digest} what="the digest" />
            </dd>
          </>
        ) : null}
      </dl>
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
  { name: "Score", cell: (hit: Hit) => hit.score.toFixed(3), numeric: true },
  { name: "By meaning", cell: (hit: Hit) => (hit.similarity ?? Number.NaN).toFixed(3), numeric: true },
];

function RetrievalDetails({ retrieval }: { retrieval: Retrieval }) {
  return (
    <>
      <h3>Searched for</h3>
      <LongText text={retrieval.query} label="Searched for" />
      {retrieval.failed ? <p className={styles.problem}>Could not be asked: {retrieval.failed}</p> : null}
      <h3>Found</h3>
      {retrieval.hits.length === 0 ? (
        <p className={styles.quiet}>Nothing was found.</p>
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
        <p className={styles.quiet}>No rule had anything to say.</p>
      ) : (
        <ul className={styles.verdicts}>
          {told.map((verdict, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: verdicts have no identity but their place.
            <li key={at}>
              <strong>{verdict.rule}</strong>: {verdict.outcome}
              {verdict.target ? <span className={styles.quiet}> on {verdict.target}</span> : null}
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
    <section className={styles.details} aria-labelledby="span-title">
      <header className={styles.detailsHead}>
        <h2 id="span-title">{nameOf(span)}</h2>
        <Button look="quiet" label="Close the details" onClick={onClose}>
          <X size={18} aria-hidden />
        </Button>
      </header>
      <p className={styles.quiet}>
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
      <p className={styles.quiet}>
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
    </section>
  );
}
