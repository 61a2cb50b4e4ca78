import { useMemo, useState } from "react";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy_button";
import { Facts } from "@/components/facts";
import { LongText } from "@/components/long_text";
import { Loading, ProblemNotice } from "@/components/notice";
import { DiffLines } from "@/components/state_diff";
import { Table } from "@/components/table";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { diffTexts } from "@/steps/state_diff";
import { curlOfModel } from "./curl";
import { useWholeSpan } from "./load";
import type { ModelCall, Span } from "./span";
import styles from "./trace.module.css";

const systemOf = (call: ModelCall) =>
  call.messages
    .filter((message) => message.role === "system")
    .map((message) => message.text)
    .join("\n\n");

function Difference({ threadId, span, before }: { threadId: string; span: Span; before: Span }) {
  const earlier = useWholeSpan(threadId, before);
  const [now, was] = [span.model, earlier.span?.model];
  const lines = useMemo(
    () => (now && was && earlier.isWhole ? diffTexts(systemOf(was), systemOf(now)) : null),
    [now, was, earlier.isWhole],
  );
  if (earlier.error !== null) return <ProblemNotice error={earlier.error} />;
  if (lines === null) return <Loading what="Loading the earlier call" />;
  if (lines.every((line) => line.kind === "same" || line.kind === "left_out")) {
    return <p className="quiet">The system prompt is the same as in the call before.</p>;
  }
  return <DiffLines lines={lines} label="System prompt: what changed since the call before" />;
}

/** Compares the system prompt with that of the call before it of the same agent. */
function SystemPromptChange({
  threadId,
  span,
  before,
}: {
  threadId: string;
  span: Span;
  before: Span | undefined;
}) {
  const [shown, setShown] = useState(false);
  if (before === undefined)
    return <p className="quiet">This is the first call of this agent in the thread.</p>;
  return (
    <div className={styles.group}>
      <Button small aria-expanded={shown} onClick={() => setShown(!shown)}>
        {shown ? "Hide what changed" : "What changed in the system prompt since the call before"}
      </Button>
      {shown ? <Difference threadId={threadId} span={span} before={before} /> : null}
    </div>
  );
}

function CallFacts({ call, span }: { call: ModelCall; span: Span }) {
  return (
    <Facts
      look="figures"
      facts={[
        ["Model", call.model],
        ["Agent", call.role],
        ["Prompt", call.prompt || "–"],
        ["Tokens sent", whole(call.input_tokens ?? 0)],
        ["Tokens answered", whole(call.output_tokens ?? 0)],
        ["Cost", call.cost === null || call.cost === undefined ? "not known" : money(call.cost)],
        ["Time", duration(span.seconds)],
        ["Kept reply", call.cached ? "yes: no model was asked" : "no"],
        (call.attempt ?? 0) > 0 ? ["Attempt", whole(call.attempt + 1)] : null,
        call.window
          ? ["Context", `${whole(call.context_tokens ?? 0)} of ${whole(call.window)} tokens`]
          : null,
      ]}
    />
  );
}

function Context({ call }: { call: ModelCall }) {
  const rows = [
    ...(call.included ?? []).map(([part, tokens]) => ({ part, told: `${whole(tokens)} tokens` })),
    ...(call.left_out ?? []).map(([part, why]) => ({ part, told: `left out: ${why}` })),
  ];
  if (rows.length === 0) return null;
  return (
    <>
      <h3>What went into it</h3>
      <Table
        caption="What went into the prompt"
        columns={[
          { name: "Part", cell: (row) => row.part },
          { name: "Size", cell: (row) => row.told },
        ]}
        rows={rows}
        keyOf={(row) => `${row.part} ${row.told}`}
      />
    </>
  );
}

interface ModelDetailsProps {
  threadId: string;
  span: Span;
  call: ModelCall;
  /** The call before it of the same agent. */
  before: Span | undefined;
  isWhole: boolean;
}

/** A call of a model: the prompt exactly as sent, the reply, and what it took. */
export function ModelDetails({ threadId, span, call, before, isWhole }: ModelDetailsProps) {
  return (
    <>
      <CallFacts call={call} span={span} />
      <div className={styles.group}>
        <CopyButton text={curlOfModel(call)} what="the call as curl">
          Copy as curl
        </CopyButton>
      </div>
      <h3>Prompt as sent</h3>
      {isWhole ? null : <Loading what="Loading it whole" />}
      {(call.messages ?? []).map((message, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: messages have no identity but their place.
        <section key={at} className={styles.message}>
          <h4>
            {message.role} <CopyButton text={message.text} what={`the ${message.role} message`} />
          </h4>
          <LongText text={message.text} label={`The ${message.role} message`} />
        </section>
      ))}
      <SystemPromptChange threadId={threadId} span={span} before={before} />
      <h3>Reply</h3>
      <LongText text={call.reply ?? ""} label="Reply" />
      <Context call={call} />
    </>
  );
}
