import { RefreshCw } from "lucide-react";
import { memo, type ReactNode, useCallback, useEffect, useRef } from "react";
import { Link } from "react-router";
import { useMay } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { CopyButton } from "@/components/copy_button";
import { AnswerText } from "./answer_text";
import { AtWork } from "./at_work";
import type { TurnPlace } from "./branches";
import { amount, Details, SECTIONS, type Section } from "./details";
import { EffectCard } from "./effect_card";
import type { LiveState } from "./live";
import { type Turn, textOf } from "./messages";
import { Question } from "./question";
import { Rate } from "./rate";
import { ToolMessage } from "./tool_message";
import styles from "./turn_card.module.css";
import type { Effect, PodiumState } from "./types";
import { standingOf, whyNotAsk } from "./words";

export interface TurnCardProps {
  threadId: string;
  turn: Turn;
  place: TurnPlace | null;
  /** Of the project's own graph: it has a standing, evidence, confidence. */
  own: boolean;
  /** The state at the end of this turn; null while it is not known. */
  state: PodiumState | null;
  effects: readonly Effect[];
  /** While it is at work. */
  live: LiveState | null;
  /** Whether screen readers are told of what it says, once that is whole. */
  spoken: boolean;
  /** Whether a person is asked about what it proposes, below. */
  asked: boolean;
  /** Whether something was done outside in this turn or after it, which another version does not take back. */
  touchedWorld: boolean;
  /** What is unfolded. */
  section: Section | null;
  mayRun: boolean;
  onSection: (turn: Turn, section: Section | null) => void;
  onCite: (turn: Turn, number: number) => void;
  onPassage: (turn: Turn, evidenceId: string) => void;
  onEdit: (turn: Turn, place: TurnPlace, text: string) => void;
  onAgain: (turn: Turn, place: TurnPlace) => void;
  onVersion: (end: string) => void;
}

/** A question with all that came of it. */
export const TurnCard = memo(function TurnCard(props: TurnCardProps) {
  const { turn, place, own, state, effects, live, spoken, onCite } = props;
  const cite = useCallback((number: number) => onCite(turn, number), [turn, onCite]);
  const answer = turn.replies.findLast((message) => message.type === "ai" && textOf(message) !== "");
  const podium = answer?.additional_kwargs?.podium;
  const status = podium?.status ?? "";
  const standing = own && status !== "" ? standingOf(status, effects, state ?? undefined) : null;
  const citations = own ? (state?.outcome?.citations ?? null) : NO_CITATIONS;
  return (
    <article
      className={styles.turn}
      aria-label={turn.question ? textOf(turn.question).slice(0, 80) : "Start"}
    >
      <Question {...props} />
      <div className={styles.reply}>
        {live === null ? null : <AtWork live={live} own={own} />}
        <div className={styles.answers} aria-live={spoken ? "polite" : "off"} aria-busy={live !== null}>
          {turn.replies.map((message, index) =>
            message.type === "tool" ? (
              <ToolMessage key={message.id ?? index} message={message} />
            ) : (
              <div key={message.id ?? index} className={styles.said}>
                {message === answer && standing !== null ? (
                  <p className={styles.standing}>
                    <Badge tone={standing.tone} title={standing.means}>
                      {standing.words}
                    </Badge>
                  </p>
                ) : null}
                {message.tool_calls?.map((call) => (
                  <ToolMessage key={call.id ?? call.name} call={call} />
                ))}
                {textOf(message) === "" ? null : (
                  <AnswerText
                    text={textOf(message)}
                    live={live !== null}
                    citations={citations}
                    onCite={cite}
                  />
                )}
              </div>
            ),
          )}
        </div>
        {effects.map((effect) =>
          props.asked && effect.status === "proposed" ? null : (
            <EffectCard key={effect.digest} effect={effect} />
          ),
        )}
        {state?.outcome?.notes?.map((note) => (
          <p key={note} className={styles.note} dir="auto">
            {note}
          </p>
        ))}
        {own && live === null && state?.degraded?.some(isStandIn) ? <WhatAnswers /> : null}
        {live === null && turn.replies.length > 0 ? (
          <Foot
            {...props}
            place={place}
            answer={answer === undefined ? "" : textOf(answer)}
            runId={podium?.run_id ?? null}
          />
        ) : null}
      </div>
    </article>
  );
});

const NO_CITATIONS: [] = [];

const isStandIn = (why: string) => why.split(":").length > 2;

/** The way to where a key or a model is mended, for those who may. */
function WhatAnswers() {
  return useMay("run_project") ? (
    <p className={styles.note}>
      <Link to="/settings">See which model answers, or change its key</Link>
    </p>
  ) : null;
}

function Foot(props: TurnCardProps & { answer: string; runId: string | null }) {
  const { turn, place, own, state, section, threadId, answer, runId, mayRun } = props;
  const { onSection, onPassage, onAgain } = props;
  return (
    <>
      <div className={styles.foot}>
        {own
          ? SECTIONS.map(({ name, title }) => (
              <button
                key={name}
                type="button"
                className={styles.chip}
                aria-expanded={section === name}
                onClick={() => onSection(turn, section === name ? null : name)}
              >
                {title} <span>{amount(name, state)}</span>
              </button>
            ))
          : null}
        <span className={styles.gap} />
        {answer === "" ? null : <CopyButton text={answer} what="the answer" />}
        {place === null || turn.question === null ? null : (
          <Button
            look="quiet"
            small
            label="Answer this again"
            why={whyNotAsk(mayRun)}
            onClick={() => onAgain(turn, place)}
          >
            <RefreshCw size={14} aria-hidden />
          </Button>
        )}
        {own && runId !== null ? <Rate threadId={threadId} runId={runId} answer={answer} /> : null}
      </div>
      {own && section !== null ? (
        <Unfolded section={section} loaded={state !== null}>
          <Details
            section={section}
            state={state}
            threadId={threadId}
            onPassage={(id) => onPassage(turn, id)}
          />
        </Unfolded>
      ) : null}
    </>
  );
}

/** A section that moves into sight when it is unfolded. */
function Unfolded({ section, loaded, children }: { section: Section; loaded: boolean; children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what has been loaded is higher.
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, [section, loaded]);
  const title = SECTIONS.find((one) => one.name === section)?.title;
  return (
    <section ref={box} className={styles.details} aria-label={title}>
      {children}
    </section>
  );
}
