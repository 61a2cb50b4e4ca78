import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useConnection, useSession } from "@/api/session";
import { type Tree, type TurnPlace, treeOf } from "./branches";
import type { LiveState } from "./live";
import { asked, merged, messagesOf, steady, type Turn, textOf, turnsOf } from "./messages";
import {
  isOpen,
  refresh,
  useAssistants,
  useEffects,
  usePoints,
  useRuns,
  useThread,
  useThreadState,
} from "./queries";
import type { Effect, Interrupt, Message, PodiumState, Run } from "./types";
import { type Ask, type Subject, useActions } from "./use_actions";
import { useLive } from "./use_live";

export interface Conversation extends Subject {
  threadId: string | null;
  missing: boolean;
  loading: boolean;
  error: unknown;
  retry(): void;
  title: string;
  turns: Turn[];
  /** Where each turn stands in the tree; empty while that is not known. */
  places: TurnPlace[];
  tree: Tree;
  values: Record<string, unknown>;
  /** The state of the last turn, with what was written since. */
  state: PodiumState;
  interrupts: Interrupt[];
  effects: Effect[];
  live: LiveState | null;
  /** The run that is at work. */
  active: Run | null;
  /** Runs that wait for it. */
  queued: Run[];
  /** How the latest run ended, when it did not end well. */
  fault: Run | null;
  /** Whether the graph has more to do, without a run that does it. */
  unfinished: boolean;
  /** The checkpoint that is shown in place of the head. */
  at: string | null;
  ask(ask: Ask): Promise<void>;
  asking: boolean;
  askError: unknown;
  stop(): Promise<void>;
  takeBack(run: Run): Promise<void>;
  reload(): Promise<void>;
}

const NO_MESSAGES: Message[] = [];
const NO_PLACES: TurnPlace[] = [];
const NO_EFFECTS: Effect[] = [];
const NO_INTERRUPTS: Interrupt[] = [];
const NO_VALUES: Record<string, unknown> = {};
const FAULTS: readonly string[] = ["error", "timeout", "interrupted"];

interface Options {
  threadId: string | null;
  /** The assistant of a thread that is yet to begin. */
  chosen: string | null;
  at: string | null;
  onStarted(threadId: string): void;
  onMoved(): void;
}

/** A thread as a conversation: what was said, what goes on, and how to go on. */
export function useConversation({ threadId, chosen, at, onStarted, onMoved }: Options): Conversation {
  const { url } = useConnection();
  const queries = useQueryClient();
  const thread = useThread(threadId);
  const runs = useRuns(threadId);
  const subject = useSubject(chosen, thread.data?.metadata, runs.data?.[0]?.assistant_id);
  const { own } = subject;
  const { live, active, queued } = useWork(threadId, runs.data);
  const from = at === null && active !== null ? startOf(active) : null;
  const state = useThreadState(threadId, at ?? from);
  const points = usePoints(threadId);
  const effects = useEffects(own ? threadId : null);
  const shownLive = at === null ? live : null;
  const reload = useCallback(async () => {
    if (threadId !== null) await refresh(queries, url, threadId);
  }, [queries, url, threadId]);
  useFresh(thread.data?.updated_at, live === null, () => void reload());

  const values = shownLive?.values ?? state.data?.values ?? NO_VALUES;
  const shownTurns = useRef<Turn[]>([]);
  const turns = useMemo(() => {
    const messages = shownMessages(values, shownLive, at === null ? active : null, own);
    shownTurns.current = steady(shownTurns.current, turnsOf(messages));
    return shownTurns.current;
  }, [values, shownLive, active, own, at]);
  const tree = useMemo(() => treeOf(points.data?.points ?? []), [points.data]);
  const leaf = at ?? from ?? state.data?.checkpoint?.checkpoint_id ?? null;
  const places = useMemo(() => placesOf(tree, leaf, turns.length), [tree, leaf, turns.length]);
  const written = own ? shownLive?.written : undefined;
  const ended = live === null && active === null;
  const interrupts = (live === null && at === null ? state.data?.interrupts : null) ?? NO_INTERRUPTS;
  const actions = useActions({
    threadId,
    subject,
    active,
    reload,
    onStarted,
    onMoved: at === null ? null : onMoved,
  });
  return {
    ...subject,
    ...actions,
    threadId,
    missing: isMissing(threadId, thread),
    loading: threadId !== null && (state.isLoading || thread.isLoading),
    error: state.error ?? thread.error,
    retry: () => void reload(),
    title: titleOf(thread.data?.metadata, turns[0]),
    turns,
    places,
    tree,
    values,
    state: useMemo<PodiumState>(() => ({ ...(values as PodiumState), ...written }), [values, written]),
    interrupts,
    effects: effects.data ?? NO_EFFECTS,
    live: shownLive,
    active,
    queued,
    fault: ended && at === null ? faultOf(runs.data?.[0]) : null,
    unfinished: ended && at === null && isUnfinished(state.data?.next, interrupts),
    at,
  };
}

type Metadata = Record<string, unknown> | null | undefined;

function useSubject(chosen: string | null, metadata: unknown, ran: string | undefined): Subject {
  const { isPodium, me } = useSession();
  const assistants = useAssistants();
  const about = metadata as Metadata;
  const known = [chosen, about?.assistant_id, about?.graph_id, ran, assistants.data?.[0]?.assistant_id];
  const assistantId = known.find((one): one is string => typeof one === "string" && one !== "") ?? null;
  const assistant = assistants.data?.find(
    (one) => one.assistant_id === assistantId || one.graph_id === assistantId,
  );
  const graphId = assistant?.graph_id ?? (about?.graph_id as string | undefined) ?? null;
  const own =
    isPodium && (me?.project.graphs.some((graph) => graph.own && graph.graph_id === graphId) ?? false);
  return useMemo(() => ({ assistantId, graphId, own }), [assistantId, graphId, own]);
}

/** The run that is at work, as it goes on, and those that wait for it. */
function useWork(threadId: string | null, runs: Run[] | undefined) {
  const open = useMemo(() => (runs ?? []).filter(isOpen).reverse(), [runs]);
  const first = open.find((run) => run.status === "running") ?? open[0] ?? null;
  const live = useLive(threadId, first);
  const active = (live === null ? null : runs?.find((run) => run.run_id === live.runId)) ?? first;
  const queued = useMemo(() => open.filter((run) => run.run_id !== active?.run_id), [open, active]);
  return { live, active, queued };
}

const isUnfinished = (next: string[] | undefined, interrupts: Interrupt[]) =>
  interrupts.length === 0 && (next ?? []).length > 0;

const isMissing = (threadId: string | null, thread: { data?: unknown; isFetching: boolean }) =>
  threadId !== null && thread.data === null && !thread.isFetching;

function titleOf(metadata: unknown, first: Turn | undefined): string {
  const named = String((metadata as Metadata)?.title ?? "");
  return named || (first?.question ? textOf(first.question).slice(0, 80) : "");
}

const faultOf = (latest: Run | undefined) =>
  latest !== undefined && FAULTS.includes(latest.status) ? latest : null;

/** The places of the turns that are shown; none where the tree tells of others. */
function placesOf(tree: Tree, leaf: string | null, shown: number): TurnPlace[] {
  const found = leaf === null ? NO_PLACES : tree.turns(leaf);
  return found.length <= shown ? found : NO_PLACES;
}

/** Calls back when a thread has changed elsewhere: in another tab, by a trigger, by a decision. */
function useFresh(updatedAt: string | undefined, idle: boolean, onChanged: () => void) {
  const seen = useRef<string | undefined>(undefined);
  const call = useRef(onChanged);
  call.current = onChanged;
  useEffect(() => {
    if (updatedAt === undefined || !idle) return;
    if (seen.current !== undefined && seen.current !== updatedAt) call.current();
    seen.current = updatedAt;
  }, [updatedAt, idle]);
}

/** What the last node of the project's own graph says is the answer; what others say is their own affair. */
const ANSWERS = "respond";

function shownMessages(
  values: Record<string, unknown> | null,
  live: LiveState | null,
  active: Run | null,
  own: boolean,
): Message[] {
  const held = messagesOf(values?.messages);
  if (live === null && active === null) return held;
  const question = asked(active?.kwargs?.input).map((message) => ({ ...message, type: "human" }));
  const isNew = question.filter((message) => !message.id || !held.some((one) => one.id === message.id));
  const unsaid = live?.values ? NO_MESSAGES : isNew.filter((message) => !isLastQuestion(held, message));
  const shown = [...held, ...unsaid];
  const written = (live?.messages ?? NO_MESSAGES).filter((one) => !own || one.name === ANSWERS);
  if (own) return merged(shown, written);
  return [...shown, ...written.filter((one) => !held.some((known) => known.id === one.id))];
}

/** The checkpoint that a run goes on from, when it is not the head. */
function startOf(run: Run): string | null {
  const place = run.kwargs?.checkpoint as { checkpoint_id?: string } | null | undefined;
  const config = run.kwargs?.config as { configurable?: { checkpoint_id?: string } } | null | undefined;
  return place?.checkpoint_id ?? config?.configurable?.checkpoint_id ?? null;
}

/** Whether a question without an id is the one that the thread ends with. */
function isLastQuestion(held: readonly Message[], question: Message): boolean {
  const last = held.findLast((message) => message.type === "human");
  return !question.id && last !== undefined && textOf(last) === textOf(question);
}
