import { describe, expect, it } from "vitest";
import { axisOf } from "@/pages/trace/axis";
import { curlOfModel, curlOfSpan, quoted } from "@/pages/trace/curl";
import type { LoadedTrace } from "@/pages/trace/load";
import { type Filter, groupRuns, rowsOf } from "@/pages/trace/rows";
import { type ModelCall, type Span, textOfSpan } from "@/pages/trace/span";

const spanOf = (seq: number, given: Partial<Span> = {}): Span => ({
  seq,
  span_id: `s${seq}`,
  parent_id: "run",
  trace_id: "t",
  run_id: "r1",
  kind: "node",
  name: `node ${seq}`,
  started_at: "",
  started_ms: seq * 100,
  seconds: 0.05,
  status: "ok",
  error: "",
  attributes: {},
  cut: false,
  ...given,
});

const call: ModelCall = {
  model: "openai:gpt",
  role: "planner",
  prompt: "planner@1",
  prompt_hash: "",
  messages: [{ role: "system", text: "Don't guess." }],
  reply: "{}",
  input_tokens: 10,
  output_tokens: 5,
  cost: 0.02,
  cached: false,
  attempt: 0,
  included: [],
  left_out: [],
};

const loaded = (spans: Span[]): LoadedTrace => ({
  runs: new Map(),
  spans,
  texts: spans.map(textOfSpan),
  after: 0,
  whole: true,
});

const NO_FILTER: Filter = { kinds: new Set(), words: "", run: null, errors: false };
const names = (trace: LoadedTrace, filter: Partial<Filter> = {}, folded: string[] = []) =>
  rowsOf(groupRuns(trace), { ...NO_FILTER, ...filter }, new Set(folded)).map((row) =>
    row.kind === "run"
      ? `run ${row.place} (${row.shown})`
      : `${"  ".repeat(row.depth)}${row.span.seq}${row.dimmed ? " dimmed" : ""}`,
  );

const trace = loaded([
  spanOf(1, { parent_id: "s3", kind: "guardrail", started_ms: 310 }),
  spanOf(2, { parent_id: "s3", kind: "model", started_ms: 305, model: call, name: "m" }),
  spanOf(3),
  spanOf(4, { status: "error", error: "boom" }),
  spanOf(5, { run_id: "r2" }),
]);

describe("the rows of a trace", () => {
  it("are the runs, the latest first, and in them each span below the one it happened in, by time", () => {
    expect(names(trace)).toEqual(["run 2 (1)", "5", "run 1 (4)", "3", "  2", "  1", "4"]);
  });

  it("keep what is around a span that fits, and say that it does not", () => {
    expect(names(trace, { kinds: new Set(["model"]) })).toEqual(["run 1 (1)", "3 dimmed", "  2"]);
    expect(names(trace, { words: "don't GUESS" })).toEqual(["run 1 (1)", "3 dimmed", "  2"]);
    expect(names(trace, { errors: true })).toEqual(["run 1 (1)", "4"]);
    expect(names(trace, { words: "nowhere" })).toEqual([]);
  });

  it("are those of one run, or of runs that are not folded", () => {
    expect(names(trace, { run: "r2" })).toEqual(["run 2 (1)", "5"]);
    expect(names(trace, {}, ["r1"])).toEqual(["run 2 (1)", "5", "run 1 (4)"]);
  });

  it("add up what the calls of models took", () => {
    const [, first] = groupRuns(trace);
    expect(first).toMatchObject({ tokens: 15, cost: 0.02, errors: 1 });
  });

  it("survive spans that are around themselves", () => {
    const strange = loaded([
      spanOf(1, { span_id: "x", parent_id: "x" }),
      spanOf(2, { span_id: "y", parent_id: "" }),
    ]);
    expect(names(strange)).toContain("2");
  });

  it("of ten thousand spans are filtered in little time", () => {
    const spans = Array.from({ length: 10_000 }, (_, at) =>
      spanOf(at, { run_id: `r${at % 200}`, attributes: { text: "word ".repeat(100) } }),
    );
    const many = loaded(spans);
    const groups = groupRuns(many);
    const began = performance.now();
    const rows = rowsOf(groups, { ...NO_FILTER, words: "node 99" }, new Set());
    expect(rows.length).toBeGreaterThan(10);
    expect(performance.now() - began).toBeLessThan(500);
    expect(groupRuns(many, groups)[0]).toBe(groups[0]);
  });
});

describe("the time axis", () => {
  it("goes from the beginning of a run to its end", () => {
    const axis = axisOf([
      spanOf(0, { started_ms: 0, seconds: 1 }),
      spanOf(1, { started_ms: 1_000, seconds: 1 }),
    ]);
    expect([axis.at(0), axis.at(1_000), axis.at(2_000)]).toEqual([0, 0.5, 1]);
    expect(axis.pauses).toEqual([]);
  });

  it("draws a long wait short, and nothing backwards", () => {
    const axis = axisOf([
      spanOf(0, { started_ms: 0, seconds: 1 }),
      spanOf(1, { started_ms: 3_601_000, seconds: 1 }),
    ]);
    expect(axis.pauses).toEqual([{ from: 1_000, until: 3_601_000 }]);
    expect(axis.at(3_601_000) - axis.at(1_000)).toBeLessThan(0.1);
    const places = [0, 500, 1_000, 2_000_000, 3_601_000, 3_602_000].map(axis.at);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(places.at(-1)).toBeCloseTo(1);
  });

  it("of nothing is no error", () => {
    expect(axisOf([]).at(5)).toBeGreaterThanOrEqual(0);
  });
});

describe("curl", () => {
  it("takes what is said as one word of the shell", () => {
    expect(quoted("don't")).toBe(`'don'\\''t'`);
    expect(curlOfModel(call)).toContain(`Don'\\''t guess.`);
  });

  it("holds no key and names the model without its provider", () => {
    const text = curlOfModel(call);
    expect(text).toContain("$OPENAI_API_KEY");
    expect(text).toContain('"model":"gpt"');
    expect(curlOfSpan("http://host", true, "t", 3)).toBe(
      `curl -H "X-Api-Key: $PODIUM_API_KEY" 'http://host/podium/v1/threads/t/trace/3'`,
    );
    expect(curlOfSpan("http://host", false, "t", 3)).not.toContain("Key");
  });
});
