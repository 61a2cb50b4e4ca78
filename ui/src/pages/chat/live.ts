import { textOf } from "./messages";
import type { Message, PodiumState } from "./types";

/** An event of a run's stream. */
export interface StreamEvent {
  id?: string;
  event: string;
  data: unknown;
}

/** A node's turn at work, or something it told on the way. */
export interface Activity {
  node: string;
  done: boolean;
  seconds: number | null;
  /** What it told: queries, sources, steps. */
  notes: string[];
}

/** What is known of a run while it goes on. */
export interface LiveState {
  runId: string;
  /** When it was asked for, in milliseconds since the epoch. */
  since: number;
  attempt: number;
  activities: Activity[];
  /** Messages that are being written, in the order in which they began. */
  messages: Message[];
  /** The whole state, where the graph tells it. */
  values: Record<string, unknown> | null;
  /** What the nodes have written so far, of the project's own graph. */
  written: PodiumState;
  error: string | null;
  /** Whether the stream is open; while it is not, it is tried again. */
  connected: boolean;
}

type Listener = () => void;

/** Told of changes at most so often; a frame of its own, so that a fast stream does not draw for every token. */
const FRAME_MS = 50;
/** A frame lasts so many times what it took to draw the last one: a long answer does not keep the page busy. */
const RESTS = 6;

const APPENDED = ["verdicts"] as const;

/** Follows the events of one run. React reads it as a store: snapshots change at most once a frame. */
export class LiveRun {
  lastEventId: string | null = null;
  #state: LiveState;
  #shown: LiveState;
  #chunks = new Map<string, { message: Message; texts: string[] }>();
  #listeners = new Set<Listener>();
  #timer: ReturnType<typeof setTimeout> | null = null;
  #drawing = 0;

  constructor(runId: string, since: number = Date.now()) {
    this.#state = {
      runId,
      since,
      attempt: 1,
      activities: [],
      messages: [],
      values: null,
      written: {},
      error: null,
      connected: false,
    };
    this.#shown = this.#state;
  }

  subscribe = (listener: Listener) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  snapshot = () => this.#shown;

  /** Says whether the stream is open. */
  connection(connected: boolean) {
    if (this.#state.connected === connected) return;
    this.#state = { ...this.#state, connected };
    this.#changed();
  }

  /** Takes an event; one that was taken already is left out. Returns whether it was new. */
  take(event: StreamEvent): boolean {
    if (event.id !== undefined && event.id !== "") {
      if (isNotAfter(event.id, this.lastEventId)) return false;
      this.lastEventId = event.id;
    }
    const [kind = "", namespace = ""] = event.event.split(/\|(.*)/s);
    this.#apply(kind, namespace, event.data);
    this.#changed();
    return true;
  }

  #apply(kind: string, namespace: string, data: unknown) {
    switch (kind) {
      case "metadata":
        this.#begin(data as { attempt?: number });
        break;
      case "values":
        if (namespace === "") this.#state = { ...this.#state, values: data as Record<string, unknown> };
        break;
      case "updates":
        this.#update(data as Record<string, unknown>, namespace);
        break;
      case "messages":
        this.#message(data as [Message, { langgraph_node?: string }?]);
        break;
      case "tasks":
        this.#task(data as Record<string, unknown>, namespace);
        break;
      case "custom":
        this.#custom(data);
        break;
      case "error":
        this.#state = { ...this.#state, error: errorText(data) };
        break;
    }
  }

  /** A run that lost its process begins anew where it was saved: what was half written is written again. */
  #begin({ attempt = 1 }: { attempt?: number }) {
    if (attempt <= this.#state.attempt) return;
    this.#chunks.clear();
    const activities = this.#state.activities.filter((one) => one.done);
    this.#state = { ...this.#state, attempt, activities, messages: [], error: null };
  }

  #update(data: Record<string, unknown>, namespace: string) {
    for (const [node, update] of Object.entries(data)) {
      if (node.startsWith("__")) continue;
      if (namespace === "") this.#finish(node, null);
      if (typeof update !== "object" || update === null || namespace !== "") continue;
      this.#state = { ...this.#state, written: overwritten(this.#state.written, update) };
    }
  }

  #message([message, metadata]: [Message, { langgraph_node?: string }?]) {
    const node = metadata?.langgraph_node ?? "";
    if (message.type === "human" || message.id === undefined) return;
    const isChunk = message.type.endsWith("Chunk");
    const type = isChunk ? message.type.replace(/MessageChunk$/, "").toLowerCase() : message.type;
    const known = this.#chunks.get(message.id);
    if (known === undefined || !isChunk) {
      this.#chunks.set(message.id, {
        message: { ...message, type, name: message.name ?? node },
        texts: [textOf(message)],
      });
    } else known.texts.push(textOf(message));
    if (node !== "") this.#start(node);
  }

  #task(data: Record<string, unknown>, namespace: string) {
    if (namespace !== "" || typeof data.name !== "string") return;
    if ("result" in data || "error" in data) this.#finish(data.name, null);
    else this.#start(data.name);
  }

  #custom(data: unknown) {
    const told = data as { kind?: string; node?: string; data?: Record<string, unknown> } | null;
    if (told === null || typeof told !== "object" || typeof told.kind !== "string") return;
    const detail = told.data ?? {};
    if (told.kind === "node" && typeof told.node === "string") {
      if (detail.phase === "start") this.#start(told.node);
      else this.#finish(told.node, typeof detail.seconds === "number" ? detail.seconds : null);
      return;
    }
    const note = noteOf(told.kind, detail);
    const last = this.#state.activities.at(-1);
    if (note === "" || last === undefined) return;
    const activities = [...this.#state.activities.slice(0, -1), { ...last, notes: [...last.notes, note] }];
    this.#state = { ...this.#state, activities };
  }

  #start(node: string) {
    if (this.#state.activities.some((one) => one.node === node && !one.done)) return;
    const begun = { node, done: false, seconds: null, notes: [] };
    this.#state = { ...this.#state, activities: [...this.#state.activities, begun] };
  }

  #finish(node: string, seconds: number | null) {
    const activities = this.#state.activities.map((one) =>
      one.node === node && !one.done ? { ...one, done: true, seconds } : one,
    );
    this.#state = { ...this.#state, activities };
  }

  #changed() {
    if (this.#timer !== null) return;
    this.#timer = setTimeout(this.flush, Math.max(FRAME_MS, RESTS * this.#drawing));
  }

  /** Shows what has come so far. */
  flush = () => {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    const messages = [...this.#chunks.values()].map((one) => {
      if (one.texts.length > 1) one.texts = [one.texts.join("")];
      return { ...one.message, content: one.texts[0] ?? "" };
    });
    this.#state = { ...this.#state, messages };
    this.#shown = this.#state;
    const began = performance.now();
    for (const listener of this.#listeners) listener();
    setTimeout(() => {
      this.#drawing = performance.now() - began;
    });
  };
}

/** Whether an event's id is not later than another: ids count up, or are "TIME-COUNT". */
function isNotAfter(id: string, last: string | null): boolean {
  if (last === null) return false;
  if (id === last) return true;
  const [a, b] = [Number(id), Number(last)];
  return Number.isFinite(a) && Number.isFinite(b) && a <= b;
}

function errorText(data: unknown): string {
  const told = data as { message?: string; error?: string } | null;
  return told?.message ?? told?.error ?? "The run failed.";
}

/** A node's update laid over what was written before; `__overwrite__` replaces what would be added to. */
function overwritten(held: PodiumState, update: object): PodiumState {
  const next: Record<string, unknown> = { ...held };
  for (const [key, value] of Object.entries(update)) {
    const replaced = (value as { __overwrite__?: unknown } | null)?.__overwrite__;
    if (replaced !== undefined) next[key] = replaced;
    else if (key === "evidence" || (APPENDED as readonly string[]).includes(key)) {
      next[key] = [...((next[key] as unknown[] | undefined) ?? []), ...(value as unknown[])];
    } else if (key === "results") next[key] = { ...(next[key] as object | undefined), ...(value as object) };
    else next[key] = value;
  }
  return next as PodiumState;
}

function noteOf(kind: string, detail: Record<string, unknown>): string {
  switch (kind) {
    case "plan": {
      const steps = Array.isArray(detail.steps) ? detail.steps.length : 0;
      return `${steps} ${steps === 1 ? "step" : "steps"}`;
    }
    case "evidence": {
      const sources = Array.isArray(detail.sources) ? detail.sources : [];
      return sources.length === 0 ? "nothing found" : `${sources.length} sources: ${sources.join(", ")}`;
    }
    case "action":
      return typeof detail.tool === "string" ? `${detail.tool}: ${String(detail.status ?? "proposed")}` : "";
    case "note":
      return typeof detail.text === "string" ? detail.text : "";
    default:
      return "";
  }
}
