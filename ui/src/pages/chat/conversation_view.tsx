import { useCallback, useMemo } from "react";
import { Link } from "react-router";
import { useMay } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { JsonView } from "@/components/json_view";
import { PlainText } from "@/components/markdown";
import { Empty, Notice, ProblemNotice } from "@/components/notice";
import { useView } from "@/lib/view";
import { AtWork } from "./at_work";
import type { TurnPlace } from "./branches";
import { Bubble } from "./bubble";
import styles from "./conversation_view.module.css";
import { SECTIONS, type Section } from "./details";
import { ApprovalCard } from "./effect_card";
import { InterruptForm } from "./interrupt_form";
import { askedText, type Turn } from "./messages";
import { useThreadState } from "./queries";
import { Scroll } from "./scroll";
import { TurnCard } from "./turn_card";
import type { Effect, PodiumState } from "./types";
import type { Conversation } from "./use_conversation";
import { happened, whyNotAsk } from "./words";

const NO_EFFECTS: Effect[] = [];

/** The state at the end of the turn that the address points to; of the last turn it is known already. */
export function useTurnState(conversation: Conversation, turnId: string): PodiumState | null {
  const { turns, places, threadId, state } = conversation;
  const index = turns.findIndex((turn) => turn.id === turnId);
  const isLast = index === turns.length - 1;
  const end = isLast || index < 0 ? null : (places[index]?.end ?? null);
  const earlier = useThreadState(end === null ? null : threadId, end);
  if (index < 0) return null;
  return isLast ? state : ((earlier.data?.values as PodiumState | undefined) ?? null);
}

/** What was said and done in a thread, and what goes on. */
export function ConversationView({ conversation }: { conversation: Conversation }) {
  const { turns, places, live, own, interrupts, queued, threadId, ask, tree } = conversation;
  const { said, change } = useView();
  const mayRun = useMay("run");
  const chosen = said("turn");
  const section = SECTIONS.find((one) => one.name === said("show"))?.name ?? null;
  const chosenState = useTurnState(conversation, chosen);
  const found = turns.findIndex((turn) => turn.id === chosen);
  const target = found === turns.length - 1 ? -1 : found;
  const effects = useMemo(() => byTurn(conversation.effects), [conversation.effects]);
  const lastDone = turns.findLastIndex((turn) => effects.get(turn.id)?.some((one) => happened(one.status)));
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new value each time that there is more to see.
  const growth = useMemo(() => ({}), [live, interrupts, queued]);

  const onSection = useCallback(
    (turn: Turn, name: Section | null) => change({ turn: name === null ? null : turn.id, show: name }),
    [change],
  );
  const onCite = useCallback(
    (turn: Turn, number: number) => change({ turn: turn.id, cite: String(number), passage: null }),
    [change],
  );
  const onPassage = useCallback(
    (turn: Turn, id: string) => change({ turn: turn.id, passage: id, cite: null }),
    [change],
  );
  const onEdit = useCallback(
    (_: Turn, place: TurnPlace, text: string) => void ask({ text, checkpointId: place.before }).catch(ignore),
    [ask],
  );
  const onAgain = useCallback(
    (turn: Turn, place: TurnPlace) => {
      const question = turn.question;
      if (question === null) return;
      const again = { messages: [{ type: "human", id: question.id, content: question.content }] };
      void ask({ input: again, checkpointId: place.before }).catch(ignore);
    },
    [ask],
  );
  const onVersion = useCallback(
    (end: string) => change({ at: tree.latest(end), turn: null, show: null, cite: null, passage: null }),
    [change, tree],
  );

  const draw = (index: number) => {
    const turn = turns[index];
    if (turn === undefined) return null;
    const isLast = index === turns.length - 1;
    const atWork = isLast && live !== null ? live : null;
    return (
      <TurnCard
        threadId={threadId ?? ""}
        turn={turn}
        place={places[index] ?? null}
        own={own}
        state={isLast ? conversation.state : turn.id === chosen ? chosenState : null}
        effects={effects.get(turn.id) ?? NO_EFFECTS}
        live={atWork}
        spoken={isLast}
        asked={isLast && interrupts.length > 0}
        touchedWorld={index <= lastDone}
        section={turn.id === chosen ? section : null}
        mayRun={mayRun}
        onSection={onSection}
        onCite={onCite}
        onPassage={onPassage}
        onEdit={onEdit}
        onAgain={onAgain}
        onVersion={onVersion}
      />
    );
  };
  return (
    <Scroll
      name={`${threadId} ${conversation.at}`}
      count={turns.length}
      keyOf={(index) => turns[index]?.id ?? String(index)}
      draw={draw}
      target={target}
      growth={growth}
    >
      <div className={styles.end}>
        {turns.length === 0 && live !== null ? <AtWork live={live} own={own} /> : null}
        {Array.isArray(conversation.values.messages) ||
        Object.keys(conversation.values).length === 0 ? null : (
          <StateBox values={conversation.values} />
        )}
        <div className={styles.waiting} aria-live="polite">
          {interrupts.map((interrupt) =>
            own ? (
              <ApprovalCard key={interrupt.id} threadId={threadId ?? ""} interrupt={interrupt} />
            ) : (
              <InterruptForm
                key={interrupt.id}
                interrupt={interrupt}
                mayRun={mayRun}
                error={conversation.askError}
                onAnswer={(value) => {
                  const resume = interrupt.id === undefined ? value : { [interrupt.id]: value };
                  void ask({ resume }).catch(ignore);
                }}
              />
            ),
          )}
        </div>
        <Fault conversation={conversation} mayRun={mayRun} />
        {isEmptied(conversation) ? (
          <Empty title="Nothing is left of this conversation">
            It went back to before its first question; its{" "}
            <Link to={`/threads/${encodeURIComponent(threadId ?? "")}/history`}>history</Link> keeps what was
            taken back. Ask something to begin anew.
          </Empty>
        ) : null}
        {queued.map((run) => (
          <div key={run.run_id} className={styles.queued}>
            <Bubble queued>
              <PlainText text={askedText(run.kwargs?.input).slice(0, 1_000)} />
            </Bubble>
            <p className={styles.buttons}>
              <Badge>queued</Badge>
              <Button small look="quiet" onClick={() => void conversation.takeBack(run)}>
                Take back
              </Button>
            </p>
          </div>
        ))}
        {conversation.askError === null || interrupts.length > 0 ? null : (
          <ProblemNotice error={conversation.askError} />
        )}
      </div>
    </Scroll>
  );
}

/** Whether all that was said was taken back. */
const isEmptied = ({ own, turns, live, active, queued, unfinished, values }: Conversation) =>
  own &&
  turns.length === 0 &&
  live === null &&
  active === null &&
  queued.length === 0 &&
  !unfinished &&
  Array.isArray(values.messages);

const ignore = () => undefined;

function byTurn(effects: readonly Effect[]): Map<string, Effect[]> {
  const turns = new Map<string, Effect[]>();
  for (const effect of effects) turns.set(effect.turn_id, [...(turns.get(effect.turn_id) ?? []), effect]);
  return turns;
}

function StateBox({ values }: { values: Record<string, unknown> }) {
  return (
    <section>
      <h2 className={styles.heading}>State</h2>
      <JsonView value={values} label="State of the thread" />
    </section>
  );
}

/** How the latest run ended, when that was not well, and how to go on. */
function Fault({ conversation, mayRun }: { conversation: Conversation; mayRun: boolean }) {
  const { fault, unfinished, ask } = conversation;
  if (fault === null && !unfinished) return null;
  if (conversation.interrupts.length > 0) return null;
  const stopped = fault === null || fault.status === "interrupted";
  if (stopped && !unfinished) return null;
  return (
    <Notice tone={stopped ? "warn" : "bad"}>
      <p>
        <strong>{stopped ? "Stopped before it was done." : "The run failed."}</strong>
      </p>
      {stopped ? null : <p dir="auto">{faultText(fault?.error)}</p>}
      {unfinished ? (
        <Button small why={whyNotAsk(mayRun)} onClick={() => void ask({ text: null }).catch(ignore)}>
          Go on
        </Button>
      ) : null}
    </Notice>
  );
}

function faultText(error: unknown): string {
  if (typeof error === "string") return error.slice(0, 2_000);
  const told = error as { message?: string; error?: string } | null | undefined;
  return (told?.message ?? told?.error ?? "No reason was given.").slice(0, 2_000);
}
