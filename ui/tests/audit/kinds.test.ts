import { describe, expect, it } from "vitest";
import { gist, gistOrKind } from "@/pages/audit/gist";
import { KINDS, kindCode, kindWords } from "@/pages/audit/kinds";
import type { AuditRecord } from "@/pages/audit/types";

const record = (kind: string, data: Record<string, unknown>): AuditRecord => ({
  seq: 1,
  hash: "",
  after: "",
  kind,
  at: "",
  who: "",
  person: "",
  thread_id: "",
  run_id: "",
  data,
  sealed: null,
});

describe("the kind of a record", () => {
  it("has words for people and keeps the code for developers", () => {
    expect(kindWords("effect").name).toBe("Action");
    expect(kindCode("effect")).toBe("effect: An action moved on in the ledger");
  });

  it("is readable where nobody knows it", () => {
    expect(kindWords("one_of_tomorrow").name).toBe("One of tomorrow");
    expect(kindCode("one_of_tomorrow")).toBe("one_of_tomorrow");
  });
});

describe("the gist of a record", () => {
  it("says how sure a turn was and where it went, in words", () => {
    const data = { route: "answer", score: 0.927724, rule: "threshold.answer", factors: {} };
    expect(gist(record("confidence", data))).toBe("93 % sure · answered · the threshold for answers");
  });

  it("says which action moved on in the ledger, and how far it reaches", () => {
    const data = { tool: "pay_bill", to: "proposed", class: "reversible", step: "pay-1" };
    expect(gist(record("effect", data))).toBe("Pay bill · not decided · can be undone");
    expect(gist(record("effect", { tool: "pay_bill", to: "verified" }))).toBe("Pay bill · done and checked");
    expect(gist(record("effect", { tool: "pay_bill", to: "beamed_up" }))).toBe("Pay bill · beamed up");
  });

  it("says what was read, what was planned and what guardrails said", () => {
    const passages = [{ source: "a.md" }, { source: "a.md" }, { source: "b.md" }];
    expect(gist(record("read", { from: "knowledge", passages }))).toBe("3 passages · a.md, b.md");
    expect(gist(record("read", { from: "tools", tools: [{ tool: "find_order" }] }))).toBe("Find order");
    const steps = [{ kind: "retrieve" }, { kind: "act", tool: "pay_bill" }, { kind: "answer" }];
    expect(gist(record("plan", { steps }))).toBe("look it up, Pay bill, answer");
    const verdicts = [
      { rule: "hidden_text", outcome: "filter" },
      { rule: "secrets", outcome: "odd" },
    ];
    expect(gist(record("verdict", { verdicts }))).toBe("Hidden text took something out, Secrets odd");
  });

  it("says what was changed in the knowledge base", () => {
    const ingest = { change: "ingest", collection: "handbook", added: 2, updated: 0, removed: 1 };
    expect(gist(record("knowledge", ingest))).toBe("handbook · 2 added · 1 removed");
    const board = { collection: "board", from: { access: "public" }, to: { access: "board" } };
    const gone = { collection: "old", from: { access: "public" }, to: null };
    const labels = { change: "collections", collections: [board, gone] };
    expect(gist(record("knowledge", labels))).toBe("board now for board, old declared no more");
    expect(gist(record("knowledge", { change: "found" }))).toBe("changed without a record");
  });

  it("says how runs begin and end, and what people decided", () => {
    expect(gist(record("run", { graph: "my_desk", started_by: "resume" }))).toBe(
      "My desk · begun by a decision, to go on with it",
    );
    expect(gist(record("end", { status: "error", error: "model_budget" }))).toBe("failed · Model budget.");
    expect(gist(record("review", { kind: "approve", approved: ["d"] }))).toBe(
      "approved by a person · 1 action",
    );
  });

  it("is short and readable for whatever else is told, and falls back on the kind", () => {
    expect(gist(record("erased", { of: "thread", values: 3 }))).toBe("of: thread · values: 3");
    expect(gist(record("erased", { why: "x".repeat(500) })).length).toBeLessThan(150);
    expect(gist(record("plan", {}))).toBe("");
    for (const kind of Object.keys(KINDS)) expect(gistOrKind(record(kind, {}))).not.toBe("");
  });
});
