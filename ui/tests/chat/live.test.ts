import { expect, test, vi } from "vitest";
import { LiveRun } from "@/pages/chat/live";
import { textOf } from "@/pages/chat/messages";

function taken(events: [event: string, data: unknown][]) {
  const live = new LiveRun("run");
  for (const [place, [event, data]] of events.entries()) live.take({ id: String(place + 1), event, data });
  live.flush();
  return live;
}

const chunk = (id: string, content: string, node = "model") =>
  ["messages", [{ type: "AIMessageChunk", id, content }, { langgraph_node: node }]] as [string, unknown];

test("chunks of a message become one text", () => {
  const live = taken([chunk("m", "Hel"), chunk("m", "lo"), chunk("n", "!")]);
  expect(live.snapshot().messages.map((one) => [one.id, one.type, textOf(one)])).toEqual([
    ["m", "ai", "Hello"],
    ["n", "ai", "!"],
  ]);
});

test("a whole message takes the place of its chunks", () => {
  const live = taken([chunk("m", "Hel"), ["messages", [{ type: "ai", id: "m", content: "Hello." }, {}]]]);
  expect(live.snapshot().messages.map(textOf)).toEqual(["Hello."]);
});

test("an event that is told again is not taken again", () => {
  const live = taken([chunk("m", "a"), chunk("m", "b")]);
  const [event, data] = chunk("m", "b");
  expect(live.take({ id: "2", event, data })).toBe(false);
  expect(live.take({ id: "3", event, data })).toBe(true);
  live.flush();
  expect(live.snapshot().messages.map(textOf)).toEqual(["abb"]);
  expect(live.lastEventId).toBe("3");
});

test("a run that begins anew after its process was killed writes its half-written message anew", () => {
  const live = taken([
    ["metadata", { run_id: "run", attempt: 1 }],
    ["custom", { kind: "node", node: "plan", data: { phase: "start" } }],
    ["custom", { kind: "node", node: "plan", data: { phase: "end", seconds: 0.1 } }],
    ["custom", { kind: "node", node: "execute", data: { phase: "start" } }],
    chunk("m", "half"),
    ["metadata", { run_id: "run", attempt: 2 }],
    chunk("m", "whole"),
  ]);
  expect(live.snapshot().messages.map(textOf)).toEqual(["whole"]);
  expect(live.snapshot().activities.map((one) => [one.node, one.done])).toEqual([
    ["plan", true],
    ["model", false],
  ]);
});

test("nodes are at work until they have ended, with what they told", () => {
  const live = taken([
    ["custom", { kind: "node", node: "retrieve", data: { phase: "start" } }],
    ["custom", { kind: "evidence", data: { sources: ["a.md", "b.md"] } }],
    ["custom", { kind: "node", node: "retrieve", data: { phase: "end", seconds: 0.5 } }],
    ["tasks", { id: "1", name: "other", input: {} }],
    ["tasks", { id: "1", name: "other", result: {} }],
  ]);
  expect(live.snapshot().activities).toEqual([
    { node: "retrieve", done: true, seconds: 0.5, notes: ["2 sources: a.md, b.md"] },
    { node: "other", done: true, seconds: null, notes: [] },
  ]);
});

test("what nodes write is laid over what was written, and may replace it", () => {
  const live = taken([
    ["updates", { retrieve: { evidence: [{ id: "1" }], loops: { gather: 1 } } }],
    ["updates", { retrieve: { evidence: [{ id: "2" }] } }],
    ["updates", { plan: { results: { a: { step: "a" } } } }],
    ["updates", { plan: { results: { b: { step: "b" } } } }],
    ["updates", { "inner|x": null }],
    ["updates|sub:1", { inner: { evidence: [{ id: "9" }] } }],
  ]);
  const { written } = live.snapshot();
  expect(written.evidence?.map((one) => one.id)).toEqual(["1", "2"]);
  expect(Object.keys(written.results ?? {})).toEqual(["a", "b"]);
  live.take({ id: "99", event: "updates", data: { admit: { evidence: { __overwrite__: [] } } } });
  live.flush();
  expect(live.snapshot().written.evidence).toEqual([]);
});

test("values of subgraphs are not those of the thread", () => {
  const live = taken([
    ["values", { count: 1 }],
    ["values|sub:1", { inner: 2 }],
  ]);
  expect(live.snapshot().values).toEqual({ count: 1 });
});

test("what went wrong is told", () => {
  expect(taken([["error", { error: "ValueError", message: "no" }]]).snapshot().error).toBe("no");
  expect(taken([["error", null]]).snapshot().error).toBe("The run failed.");
});

test("a thousand tokens are shown in a few frames", () => {
  vi.useFakeTimers();
  try {
    const live = new LiveRun("run");
    const told = vi.fn();
    live.subscribe(told);
    for (let place = 1; place <= 1_000; place++) {
      const [event, data] = chunk("m", "x");
      live.take({ id: String(place), event, data });
      vi.advanceTimersByTime(5);
    }
    vi.advanceTimersByTime(100);
    expect(textOf(live.snapshot().messages[0] ?? { type: "", content: "" })).toHaveLength(1_000);
    expect(told.mock.calls.length).toBeLessThan(130);
  } finally {
    vi.useRealTimers();
  }
});

test("nonsense from a stream breaks nothing", () => {
  const live = taken([
    ["custom", null],
    ["custom", "text"],
    ["custom", { kind: 7 }],
    ["tasks", {}],
    ["unheard-of", { a: 1 }],
    ["updates", { node: "text" }],
  ]);
  expect(live.snapshot().activities).toEqual([]);
});
