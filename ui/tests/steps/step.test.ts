import type { ThreadState } from "@langchain/langgraph-sdk";
import { describe, expect, it } from "vitest";
import {
  changedKeys,
  mergeSteps,
  standingOf,
  stepOfState,
  stepOfTold,
  titleOf,
  withState,
} from "@/steps/step";
import { makeStep } from "./make";

const stateOf = (tasks: unknown[], metadata: object = {}): ThreadState =>
  ({
    values: {},
    next: [],
    tasks,
    metadata,
    created_at: "2026-01-01T00:00:00Z",
    checkpoint: { thread_id: "t", checkpoint_ns: "", checkpoint_id: "c", checkpoint_map: null },
    parent_checkpoint: null,
  }) as unknown as ThreadState;

describe("a step of the stock protocol", () => {
  it("tells what ran from it, how it went and what it wrote", () => {
    const step = stepOfState(
      stateOf(
        [
          { id: "1", name: "done", error: null, interrupts: [], result: { a: 1, b: 2 } },
          { id: "2", name: "broken", error: "ValueError('x')", interrupts: [], result: null },
          { id: "3", name: "asks", error: null, interrupts: [{ id: "i" }], result: null },
          { id: "4", name: "comes", error: null, interrupts: [], result: null },
          { id: "5", name: "answered", error: null, interrupts: [{ id: "i" }], result: {} },
        ],
        { step: 3, source: "loop", run_id: "r" },
      ),
    );
    expect(step).toMatchObject({ id: "c", parentId: null, step: 3, source: "loop", runId: "r" });
    expect(step.tasks.map((task) => task.status)).toEqual(["done", "failed", "waiting", "open", "done"]);
    expect(step.tasks[0]?.wrote).toEqual(["a", "b"]);
    expect(step.tasks[1]?.error).toBe("ValueError('x')");
    expect(standingOf(step)).toBe("waiting");
  });

  it("counts the tokens that messages tell", () => {
    const messages = [
      { usage_metadata: { total_tokens: 7 } },
      { content: "x" },
      { usage_metadata: { total_tokens: 5 } },
    ];
    const step = stepOfState(
      stateOf([{ id: "1", name: "model", error: null, interrupts: [], result: { messages } }]),
    );
    expect(step.tasks[0]?.tokens).toBe(12);
    const silent = stepOfState(
      stateOf([{ id: "1", name: "n", error: null, interrupts: [], result: { x: 1 } }]),
    );
    expect(silent.tasks[0]?.tokens).toBeNull();
  });

  it("is told anew by the state at it only", () => {
    const state = stateOf([{ id: "1", name: "n", error: null, interrupts: [], result: null }]);
    expect(withState(makeStep("c", null), state).tasks[0]?.status).toBe("open");
    expect(withState(makeStep("other", null), state).tasks).toEqual([]);
  });
});

describe("steps as Podium tells them", () => {
  it("say who waits and who failed", () => {
    const told = {
      seq: 1,
      checkpoint_id: "c",
      parent_id: null,
      step: 1,
      source: "loop",
      went_back: false,
      run_id: null,
      at: "",
      tasks: [
        { task_id: "1", node: "a", wrote: ["x"], error: false, interrupted: false },
        { task_id: "2", node: "b", wrote: [], error: true, interrupted: false },
        { task_id: "3", node: "c", wrote: [], error: false, interrupted: true },
        { task_id: "0", node: "", wrote: [], error: false, interrupted: false },
      ],
    };
    expect(stepOfTold(told).tasks.map((task) => task.status)).toEqual(["done", "failed", "waiting"]);
  });

  it("take the place of those known and follow them", () => {
    const known = [makeStep("a", null), makeStep("b", "a")];
    const merged = mergeSteps(known, [makeStep("b", "a", { ran: ["n"] }), makeStep("c", "b")]);
    expect(merged.map((step) => step.id)).toEqual(["a", "b", "c"]);
    expect(merged[1]?.tasks).toHaveLength(1);
    expect(mergeSteps(known, [])).toBe(known);
  });
});

describe("what led to a step", () => {
  const parent = makeStep("p", null, { ran: ["plan>plan", "plan>queries", "look>notes"] });

  it("is the undo where one began anew", () => {
    expect(titleOf(makeStep("c", "p", { source: "update", wentBack: true }), parent)).toBe("Went back");
    expect(titleOf(makeStep("c", "p", { source: "update" }), parent)).toBe("State edited");
  });

  it("is who was at work before it, each named once", () => {
    expect(titleOf(makeStep("c", "p"), parent)).toBe("plan, look");
    expect(changedKeys(makeStep("c", "p"), parent)).toEqual(
      new Map([
        ["plan", ["plan"]],
        ["queries", ["plan"]],
        ["notes", ["look"]],
      ]),
    );
  });

  it("is a person for inputs, edits and branches, whatever had run from the step before", () => {
    for (const [source, title] of [
      ["input", "New input"],
      ["update", "State edited"],
      ["fork", "Branched off"],
    ] as const) {
      expect(titleOf(makeStep("c", "p", { source }), parent)).toBe(title);
      expect(changedKeys(makeStep("c", "p", { source }), parent).size).toBe(0);
    }
  });

  it("is the input where nothing is before it", () => {
    expect(titleOf(makeStep("c", null), undefined)).toBe("Input taken");
    expect(titleOf(makeStep("c", "p"), makeStep("p", null, { ran: ["__start__>x"] }))).toBe("Input taken");
  });
});
