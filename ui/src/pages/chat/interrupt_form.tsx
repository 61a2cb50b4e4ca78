import { useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { TextArea } from "@/components/field";
import { JsonView } from "@/components/json_view";
import { ProblemNotice } from "@/components/notice";
import { type Request as Asked, requestsOf } from "@/judging/requests";
import { Value } from "@/judging/value";
import { named } from "@/judging/words";
import { visible } from "@/lib/visible";
import { Values } from "./effect_card";
import styles from "./interrupt_form.module.css";
import type { Interrupt } from "./types";
import { whyNotAsk } from "./words";

type Answer = { type: string; message?: string; edited_action?: { name: string; args: unknown } };

interface InterruptFormProps {
  interrupt: Interrupt;
  mayRun: boolean;
  error: unknown;
  onAnswer: (value: unknown) => void;
}

/** What any graph asks a person: requests of LangGraph's form one by one, everything else as text or JSON. */
export function InterruptForm({ interrupt, mayRun, error, onAnswer }: InterruptFormProps) {
  const requests = requestsOf(interrupt.value);
  return (
    <section className={styles.interrupt} aria-label="Waiting for you">
      <p>
        <Badge tone="warn">Waiting for you</Badge>
      </p>
      {requests === null ? (
        <FreeAnswer value={interrupt.value} mayRun={mayRun} onAnswer={onAnswer} />
      ) : (
        <Requests requests={requests} mayRun={mayRun} onAnswer={onAnswer} />
      )}
      {mayRun ? null : <p>Your role may look at this, but not answer it.</p>}
      {error === null || error === undefined ? null : <ProblemNotice error={error} />}
    </section>
  );
}

function FreeAnswer({
  value,
  mayRun,
  onAnswer,
}: {
  value: unknown;
  mayRun: boolean;
  onAnswer: (value: unknown) => void;
}) {
  const [text, setText] = useState("");
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onAnswer(answerOf(text));
      }}
    >
      {typeof value === "string" ? (
        <p dir="auto">
          <Value value={value} />
        </p>
      ) : (
        <JsonView value={value} label="What is asked" />
      )}
      <TextArea
        label="Your answer"
        hint="JSON where the graph expects it, else it is taken as text."
        rows={3}
        value={text}
        onText={setText}
      />
      <Button type="submit" look="main" why={whyNotAsk(mayRun)}>
        Answer
      </Button>
    </form>
  );
}

/** JSON as a value, everything else as text. */
function answerOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function Requests({
  requests,
  mayRun,
  onAnswer,
}: {
  requests: Asked[];
  mayRun: boolean;
  onAnswer: (value: unknown) => void;
}) {
  const [answers, setAnswers] = useState<(Answer | null)[]>(() => requests.map(() => null));
  const put = (place: number, answer: Answer | null) =>
    setAnswers((before) => before.map((one, at) => (at === place ? answer : one)));
  return (
    <>
      {requests.map((request, place) => (
        <Request
          // biome-ignore lint/suspicious/noArrayIndexKey: requests are answered by their places.
          key={place}
          request={request}
          answer={answers[place] ?? null}
          onAnswer={(answer) => put(place, answer)}
        />
      ))}
      <Button
        look="main"
        why={whyNotAsk(mayRun)}
        disabled={answers.some((one) => one === null)}
        onClick={() => onAnswer({ decisions: answers })}
      >
        Send {answers.length === 1 ? "the decision" : "all decisions"}
      </Button>
    </>
  );
}

interface RequestProps {
  request: Asked;
  answer: Answer | null;
  onAnswer: (answer: Answer | null) => void;
}

const DECISIONS: Record<string, string> = {
  approve: "Approve",
  edit: "Change it",
  reject: "Reject",
  respond: "Answer instead",
};

function Request({ request, answer, onAnswer }: RequestProps) {
  const [kind, setKind] = useState<string | null>(null);
  const [args, setArgs] = useState(() => JSON.stringify(request.args, null, 2));
  const edit = (text: string) => {
    setArgs(text);
    const edited = argumentsOf(text);
    onAnswer(edited === null ? null : { type: "edit", edited_action: { name: request.name, args: edited } });
  };
  const choose = (type: string) => {
    setKind(type);
    if (type === "edit") edit(args);
    else onAnswer(type === "approve" ? { type } : { type, message: "" });
  };
  return (
    <fieldset className={styles.request}>
      <legend dir="auto">{visible(named(request.name))}</legend>
      {request.description === "" ? null : (
        <p dir="auto">
          <Value value={request.description} />
        </p>
      )}
      {kind === "edit" ? (
        <TextArea
          label="Arguments"
          {...(answer === null ? { error: "This is no JSON object yet." } : {})}
          rows={6}
          value={args}
          onText={edit}
        />
      ) : (
        <Values values={request.args} />
      )}
      <div className={styles.choices}>
        {request.allowed.map((type) => (
          <label key={type}>
            <input type="radio" checked={kind === type} onChange={() => choose(type)} />{" "}
            {DECISIONS[type] ?? named(type)}
          </label>
        ))}
      </div>
      {answer?.type === "reject" || answer?.type === "respond" ? (
        <TextArea
          label={answer.type === "reject" ? "Why not?" : "Your answer"}
          rows={2}
          value={answer.message ?? ""}
          onText={(text) => onAnswer({ ...answer, message: text })}
        />
      ) : null}
    </fieldset>
  );
}

function argumentsOf(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
