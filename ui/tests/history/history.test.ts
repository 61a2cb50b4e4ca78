import type { ThreadState } from "@langchain/langgraph-sdk";
import { describe, expect, it } from "vitest";
import { callsOf, compareBranches, messagesApart, spentAt } from "@/pages/history/comparison";
import { wrongJson } from "@/pages/history/edit_dialog";
import { filterSteps, searchTexts } from "@/pages/history/filter";
import { writtenIn } from "@/pages/history/inside";
import { inputOf } from "@/pages/history/run_dialog";
import { treeOf } from "@/steps/branches";
import type { Step } from "@/steps/step";
import { makeStep } from "../steps/make";

const steps = [
  makeStep("a", null, { source: "input", ran: ["__start__>messages"], step: -1 }),
  makeStep("b", "a", { ran: ["plan>goal"], step: 0 }),
  makeStep("c", "b", { ran: ["act>results"], step: 1 }),
  makeStep("d", "c", { step: 2 }),
  makeStep("e", "c", { source: "fork", ran: ["act>results"], step: 2 }),
  makeStep("f", "e", { step: 3 }),
];
const tree = treeOf(steps);
const texts = searchTexts(tree);
const found = (words: string, kind: Parameters<typeof filterSteps>[2]["kind"] = "all") =>
  filterSteps(tree, texts, { words, kind }).map((step) => step.id);
const byId = (id: string) => tree.byId.get(id) as Step;

describe("the filter of a history", () => {
  it("shows all, newest first, where nothing is asked", () => {
    expect(found("")).toEqual(["f", "e", "d", "c", "b", "a"]);
  });

  it("finds steps by who wrote them and by the keys they wrote", () => {
    expect(found("PLAN")).toEqual(["c"]);
    expect(found("results act")).toEqual(["f", "d"]);
    expect(found("nothing-like-it")).toEqual([]);
  });

  it("finds kinds of steps", () => {
    expect(found("", "inputs")).toEqual(["a"]);
    expect(found("", "edits")).toEqual(["e"]);
    expect(found("", "waiting")).toEqual([]);
  });

  it("adds what was found inside", () => {
    const inside = new Set(["b"]);
    expect(filterSteps(tree, texts, { words: "zzz", kind: "all", inside }).map((step) => step.id)).toEqual([
      "b",
    ]);
  });

  it("takes little time for ten thousand steps", () => {
    const many = treeOf(
      Array.from({ length: 10_000 }, (_, at) =>
        makeStep(`${at}`, at === 0 ? null : `${at - 1}`, { ran: ["n>k"] }),
      ),
    );
    const manyTexts = searchTexts(many);
    const began = performance.now();
    expect(filterSteps(many, manyTexts, { words: "step n k", kind: "all" }).length).toBeGreaterThan(9_000);
    expect(performance.now() - began).toBeLessThan(500);
  });
});

describe("a search inside", () => {
  it("names the steps that what was written led to", () => {
    const state = (id: string, parent: string | null, result: unknown): ThreadState =>
      ({
        checkpoint: { checkpoint_id: id },
        parent_checkpoint: parent === null ? null : { checkpoint_id: parent },
        tasks: [{ result }],
      }) as unknown as ThreadState;
    const states = [
      state("c", "b", null),
      state("b", "a", { text: "The KETTLE" }),
      state("a", null, { text: "x" }),
    ];
    expect(writtenIn(states, "kettle")).toEqual(["c"]);
  });
});

describe("two branches", () => {
  const compared = compareBranches(tree, byId("d"), byId("f"));

  it("are told from where they parted", () => {
    expect(compared.common?.id).toBe("c");
    expect(compared.one.own.map((step) => step.id)).toEqual(["d"]);
    expect(compared.one.path).toEqual(["act"]);
    expect(compared.other.path).toEqual(["Branched off", "act"]);
  });

  it("have messages apart after those in common", () => {
    const said = (content: string) => ({ type: "human", id: content, content });
    const apart = messagesApart(
      { messages: [said("a"), said("b")] },
      { messages: [said("a"), said("c"), said("d")] },
    );
    expect(apart.common).toBe(1);
    expect(apart.one.map((message) => message.text)).toEqual(["b"]);
    expect(apart.other.map((message) => message.text)).toEqual(["c", "d"]);
    expect(messagesApart({ x: 1 }, null)).toEqual({ common: 0, one: [], other: [] });
  });

  it("tell the tools their messages call", () => {
    const calls = [{ name: "refund", args: { order: 1 } }];
    expect(callsOf([{ id: "1", who: "Answer", text: "", calls }])).toEqual([
      { name: "refund", detail: '{"order":1}' },
    ]);
  });

  it("tell what was spent, as counted or as messages say", () => {
    expect(spentAt({ usage: { input_tokens: 3, output_tokens: 4, cost: 0.5 } }, [])).toEqual({
      tokens: 7,
      cost: 0.5,
    });
    expect(spentAt({}, [{ usage_metadata: { total_tokens: 9 } }])).toEqual({ tokens: 9, cost: null });
    expect(spentAt({}, [{}])).toEqual({ tokens: null, cost: null });
  });
});

describe("what is typed", () => {
  it("is a message where the graph takes them, else JSON", () => {
    expect(inputOf("hello", true)).toEqual({ messages: [{ role: "user", content: "hello" }] });
    expect(inputOf('{"city": "Oslo"}', false)).toEqual({ city: "Oslo" });
  });

  it("is said to be no JSON", () => {
    expect(wrongJson('{"a": 1}')).toBeUndefined();
    expect(wrongJson("{a: 1}")).toContain("not JSON");
  });
});
