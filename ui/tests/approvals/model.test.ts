import { describe, expect, it } from "vitest";
import type { Action } from "@/judging/types";
import {
  type ActionDetail,
  argumentsOf,
  type Choice,
  chosen,
  decisionOf,
  editedArgs,
  type Filters,
  isExpired,
  riskOf,
  titleOf,
  unsafe,
  type Waiting,
} from "@/pages/approvals/model";

const NOW = Date.parse("2026-05-01T12:00:00Z");
const ALL: Filters = { words: "", who: "", risk: "", state: "", sort: "" };

const action = (over: Partial<Action> = {}): Action => ({
  digest: "d1",
  tool: "issue_refund",
  args: { order_id: "O-1", amount: null },
  effect: "compensable",
  status: "proposed",
  target: "order/O-1",
  preview: {},
  result: null,
  error: "",
  ...over,
});

const waiting = (over: Partial<Waiting> = {}): Waiting => ({
  interrupt_id: "i1",
  thread_id: "t1",
  graph_id: "desk",
  owner: "ada",
  created_at: "2026-05-01T11:00:00Z",
  age_seconds: 3_600,
  expires_at: null,
  assignee: null,
  question: "May this be done?",
  actions: [action()],
  digests: ["d1"],
  reasons: ["compensable_effect"],
  confidence: 0.9,
  draft: "",
  value: null,
  people: 1,
  consents: [],
  ...over,
});

describe("the inbox", () => {
  it("puts the oldest first unless another order is asked for", () => {
    const all = [
      waiting({ interrupt_id: "new", age_seconds: 10 }),
      waiting({ interrupt_id: "old", age_seconds: 99, actions: [action({ effect: "reversible" })] }),
      waiting({ interrupt_id: "soon", age_seconds: 50, expires_at: "2026-05-01T12:05:00Z" }),
    ];
    const ids = (sort: string) => chosen(all, { ...ALL, sort }, "me", NOW).map((one) => one.interrupt_id);
    expect(ids("")).toEqual(["old", "soon", "new"]);
    expect(ids("newest")).toEqual(["new", "soon", "old"]);
    expect(ids("expiry")[0]).toBe("soon");
    expect(ids("risk").at(-1)).toBe("old");
  });

  it("filters by words, person, risk and whether the time has passed", () => {
    const mine = waiting({ interrupt_id: "mine", assignee: "me" });
    const late = waiting({ interrupt_id: "late", expires_at: "2026-05-01T11:59:00Z" });
    const answer = waiting({
      interrupt_id: "answer",
      actions: [],
      digests: [],
      draft: "The kettle is safe.",
    });
    const all = [mine, late, answer];
    const ids = (filters: Partial<Filters>) =>
      chosen(all, { ...ALL, ...filters }, "me", NOW).map((one) => one.interrupt_id);
    expect(ids({ who: "mine" })).toEqual(["mine"]);
    expect(ids({ who: "nobody" })).toEqual(["late", "answer"]);
    expect(ids({ state: "expired" })).toEqual(["late"]);
    expect(ids({ state: "open" })).toEqual(["mine", "answer"]);
    expect(ids({ risk: "answer" })).toEqual(["answer"]);
    expect(ids({ risk: "compensable" })).toEqual(["mine", "late"]);
    expect(ids({ words: "KETTLE safe" })).toEqual(["answer"]);
    expect(ids({ words: "kettle refund" })).toEqual([]);
  });

  it("names what waits, and the worst that it reaches", () => {
    const two = waiting({ actions: [action({ effect: "reversible" }), action({ effect: "irreversible" })] });
    expect(titleOf(two)).toBe("Issue refund and 1 more");
    expect(riskOf(two)).toBe("irreversible");
    expect(riskOf(waiting({ actions: [] }))).toBeNull();
    expect(isExpired(waiting(), NOW)).toBe(false);
  });

  it("lets only that be approved together which is safe", () => {
    expect(unsafe(waiting(), "me", NOW)).toBe("");
    expect(unsafe(waiting({ actions: [action({ effect: "irreversible" })] }), "me", NOW)).toMatch(/undone/);
    expect(unsafe(waiting({ reasons: ["compensable_effect", "untrusted_argument"] }), "me", NOW)).not.toBe(
      "",
    );
    expect(unsafe(waiting({ people: 2 }), "me", NOW)).toMatch(/More than one person/);
    expect(unsafe(waiting({ reasons: ["A guardrail said something."] }), "me", NOW)).not.toBe("");
    expect(unsafe(waiting({ assignee: "bob" }), "me", NOW)).toMatch(/bob/);
    expect(unsafe(waiting({ assignee: "me" }), "me", NOW)).toBe("");
    expect(unsafe(waiting({ expires_at: "2026-05-01T11:00:00Z" }), "me", NOW)).toMatch(/expired/);
    expect(unsafe(waiting({ actions: [] }), "me", NOW)).not.toBe("");
  });
});

describe("a decision", () => {
  it("has a word on each action, by its digest", () => {
    const actions = [action({ digest: "a" }), action({ digest: "b" }), action({ digest: "c" })];
    const choices = new Map<string, Choice>([
      ["b", { kind: "reject", message: "too much" }],
      ["c", { kind: "edit", args: { amount: "1.00" }, result: {} as ActionDetail }],
    ]);
    expect(decisionOf(actions, choices)).toEqual({
      decisions: [
        { digest: "a", kind: "approve" },
        { digest: "b", kind: "reject", message: "too much" },
        { digest: "c", kind: "edit", args: { amount: "1.00" } },
      ],
    });
  });

  it("gives a field that was emptied its default again", () => {
    const schema = {
      properties: { amount: { default: null }, reason: { default: "goodwill" }, order_id: {} },
    };
    const proposed = { order_id: "O-1", amount: "5.00", reason: "broken" };
    expect(editedArgs(proposed, { order_id: "O-1" }, schema)).toEqual({
      order_id: "O-1",
      amount: null,
      reason: "goodwill",
    });
    expect(editedArgs(proposed, { ...proposed, amount: "2.00" }, schema).amount).toBe("2.00");
  });

  it("tells of each value where it comes from and whether that is enough", () => {
    const detail = {
      ...action({ args: { a: 1, b: 2 } }),
      args_schema: { properties: { a: { title: "The A" } } },
      provenance: { a: { origin: "document", source: "mail.txt", trust: "untrusted" } },
      untrusted: ["a", "b"],
    } as unknown as ActionDetail;
    expect(argumentsOf(detail)).toEqual([
      { name: "a", title: "The A", value: 1, provenance: detail.provenance.a, trusted: false },
      { name: "b", title: "b", value: 2, provenance: null, trusted: false },
    ]);
  });
});
