import { ArrowLeft } from "lucide-react";
import { type ReactNode, useState } from "react";
import { Link } from "react-router";
import { asProblem } from "@/api/problem";
import { useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Loading, Notice, ProblemNotice } from "@/components/notice";
import { Time } from "@/components/time";
import { Value } from "@/judging/value";
import styles from "./approvals.module.css";
import { Background } from "./background";
import { DraftReview } from "./draft_review";
import { ForeignReview } from "./foreign_review";
import { isExpired, isLapsed, type Outcome, pathOf, titleOf, type WaitingDetail } from "./model";
import { OutcomeNotice } from "./outcome_notice";
import { OwnReview } from "./own_review";
import { useAssign, useDecide, useInbox, useWaiting } from "./queries";

interface ReviewProps {
  threadId: string;
  interruptId: string;
  /** Back to the list, on narrow screens. */
  back: string;
  /** Goes on to what waits next; undefined where nothing does. */
  onNext?: () => void;
}

/** What every form of a review gets: what waits, whether it may be decided now, and how. */
export interface DecidingProps {
  one: WaitingDetail;
  /** Why it may not be decided; empty when it may. */
  whyNot: string;
  busy: boolean;
  decide: (body: Record<string, unknown>) => void;
}

/** One thing that waits, in full, and deciding it. */
export function Review({ threadId, interruptId, back, onNext }: ReviewProps) {
  const decision = useDecide();
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const waiting = useWaiting(threadId, interruptId, outcome === null && !decision.isPending);
  const [problem, setProblem] = useState<unknown>(null);
  const one = waiting.data;
  if (outcome !== null) {
    return (
      <ReviewFrame back={back} title="Decided">
        <OutcomeNotice outcome={outcome} onNext={onNext} />
      </ReviewFrame>
    );
  }
  const fault = problem ?? waiting.error;
  const gone = fault !== null && asProblem(fault).status === 404;
  if (one === undefined || gone) {
    return (
      <ReviewFrame back={back} title="Approval">
        {gone ? <Gone threadId={threadId} onNext={onNext} /> : null}
        {!gone && waiting.error !== null ? (
          <ProblemNotice error={waiting.error} onRetry={() => void waiting.refetch()} />
        ) : null}
        {waiting.isPending ? <Loading /> : null}
      </ReviewFrame>
    );
  }
  const decide = (body: Record<string, unknown>) => {
    setProblem(null);
    decision.mutate({ one, body }, { onSuccess: setOutcome, onError: setProblem });
  };
  const deciding: DecidingProps = {
    one,
    whyNot: one.may_decide ? "" : one.why_not,
    busy: decision.isPending,
    decide,
  };
  return (
    <ReviewFrame back={back} title={titleOf(one)} beside={<Arrangement one={one} />}>
      {problem === null ? null : <ProblemNotice error={problem} />}
      <Standing one={one} decide={decide} />
      {one.detail?.error ? (
        <Notice tone="warn">The last answer was not taken: {one.detail.error}</Notice>
      ) : null}
      {one.detail?.request ? (
        <Card title="What was asked">
          <blockquote className={styles.request} dir="auto">
            <Value value={one.detail.request} />
          </blockquote>
        </Card>
      ) : null}
      <Body {...deciding} />
    </ReviewFrame>
  );
}

function Body(props: DecidingProps) {
  const { one } = props;
  if (one.detail === null) return <ForeignReview {...props} />;
  return one.detail.actions.length === 0 ? (
    <>
      <DraftReview {...props} />
      <Background one={one} detail={one.detail} />
    </>
  ) : (
    <OwnReview {...props} detail={one.detail}>
      <Background one={one} detail={one.detail} />
    </OwnReview>
  );
}

function ReviewFrame({
  title,
  back,
  beside,
  children,
}: {
  title: string;
  back: string;
  beside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <article className={styles.review} aria-label={title}>
      <Link to={back} className={styles.back}>
        <ArrowLeft size={16} aria-hidden /> All that waits
      </Link>
      <header className={styles.reviewHead}>
        <h2>
          <bdi>{title}</bdi>
        </h2>
        {beside}
      </header>
      {children}
    </article>
  );
}

function Gone({ threadId, onNext }: { threadId: string; onNext?: () => void }) {
  const inbox = useInbox();
  const now = inbox.data?.body.interrupts.find((one) => one.thread_id === threadId);
  return (
    <Notice tone="info">
      <p>
        <strong>This does not wait any more.</strong>{" "}
        {now === undefined
          ? "Somebody has decided it, or the thread went on without it."
          : "Somebody has answered, and the thread waits again."}
      </p>
      <p className={styles.row}>
        {now === undefined ? null : <Link to={pathOf(now)}>See what waits now</Link>}
        <Link to={`/threads/${encodeURIComponent(threadId)}`}>See in the thread what became of it</Link>
        {onNext === undefined ? null : <Button onClick={onNext}>Next</Button>}
      </p>
    </Notice>
  );
}

/** Since when, until when, whose, and who is to decide. */
function Arrangement({ one }: { one: WaitingDetail }) {
  const { me } = useSession();
  const assign = useAssign();
  const mine = me !== null && one.assignee === me.principal;
  const may = me?.may.decide ?? false;
  return (
    <div className={styles.arrangement}>
      <span>
        asked <Time at={one.created_at} />
      </span>
      {one.expires_at === null ? null : (
        <span>
          {isExpired(one, Date.now()) ? "expired" : "expires"} <Time at={one.expires_at} />
        </span>
      )}
      <span>
        for <bdi>{one.owner}</bdi>
      </span>
      <Link to={`/threads/${encodeURIComponent(one.thread_id)}`}>Open the thread</Link>
      {one.assignee === null ? (
        <Badge>anybody may decide</Badge>
      ) : (
        <Badge tone={mine ? "accent" : "neutral"}>
          {mine ? "yours to decide" : <bdi>{one.assignee} is to decide</bdi>}
        </Badge>
      )}
      {me === null ? null : (
        <Button
          small
          disabled={!may || assign.isPending}
          title={may ? undefined : "Your role may look, but not decide."}
          onClick={() => assign.mutate({ one, assignee: mine ? null : me.principal })}
        >
          {mine ? "Give it back" : "Assign to me"}
        </Button>
      )}
      {assign.error === null ? null : <ProblemNotice error={assign.error} />}
    </div>
  );
}

const DAY_MS = 86_400_000;
const later = () => new Date(Date.now() + DAY_MS).toISOString();

/** Why it may not be decided, and what to do about it. */
function Standing({ one, decide }: Pick<DecidingProps, "one" | "decide">) {
  const { me } = useSession();
  if (one.may_decide) return null;
  const may = me?.may.decide ?? false;
  if (isExpired(one, Date.now()) && may) return <Expired one={one} decide={decide} />;
  return (
    <Notice tone="warn">
      <p>
        <strong>You may look at this, but not decide it.</strong>
      </p>
      <p>{may ? one.why_not : "Your role may look, but not approve. Ask somebody who may."}</p>
    </Notice>
  );
}

/**
 * What has expired. Where only the time that a person set is over, there can be more of it; where the proposal itself
 * has lapsed, its preview is too old to be approved, and it can only be closed.
 */
function Expired({ one, decide }: Pick<DecidingProps, "one" | "decide">) {
  const assign = useAssign();
  const lapsed = isLapsed(one, Date.now());
  const extend = () => assign.mutateAsync({ one, assignee: one.assignee, expiresAt: later() });
  const close = async () => {
    await extend();
    decide({ kind: "reject", message: "It was not decided in time." });
  };
  return (
    <Notice tone="warn">
      <p>
        <strong>The time to decide this has passed.</strong> Nothing was done, and nothing will be done by
        itself.
      </p>
      <p>
        {lapsed
          ? "What would be done was looked at too long ago to be approved now. Close it, and ask for it again in the thread."
          : "Give it another day to decide it after all, or ask for it again in the thread."}
      </p>
      <p className={styles.row}>
        <Button
          disabled={assign.isPending}
          onClick={() => void (lapsed ? close() : extend()).catch(() => undefined)}
        >
          {lapsed ? "Close it" : "Give it another day"}
        </Button>
        <Link to={`/threads/${encodeURIComponent(one.thread_id)}`}>Ask again in the thread</Link>
      </p>
      {assign.error === null ? null : <ProblemNotice error={assign.error} />}
    </Notice>
  );
}
