import { describe, expect, it } from "vitest";
import { gist, kindWords } from "@/pages/audit/kinds";
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

describe("the gist of a record", () => {
  it("says where a turn went and how sure it was", () => {
    const data = { route: "answer", score: 0.927724, rule: "threshold.answer", factors: {} };
    expect(gist(record("confidence", data))).toBe("answer · 0.93 · threshold.answer");
  });

  it("says which step moved on in the ledger, and how many passages were read", () => {
    expect(gist(record("effect", { step: "pay-1", to: "proposed", class: "compensable" }))).toBe(
      "pay-1 · proposed · compensable",
    );
    expect(gist(record("read", { from: "knowledge", passages: [{}, {}] }))).toBe("knowledge · 2 passages");
    expect(gist(record("plan", { steps: [{ id: "show-1" }, { kind: "answer" }] }))).toBe("show-1, answer");
  });

  it("is short for whatever else is told, and empty where nothing is", () => {
    expect(gist(record("erased", { why: "x".repeat(500) })).length).toBeLessThan(150);
    expect(gist(record("plan", {}))).toBe("");
    expect(kindWords("one of tomorrow")).toBe("one of tomorrow");
  });
});
