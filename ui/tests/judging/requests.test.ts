import { describe, expect, it } from "vitest";
import { requestsOf } from "@/judging/requests";

describe("what a graph asks a person", () => {
  it("is known where it has LangChain's form, and taken as words of its own otherwise", () => {
    expect(requestsOf({ action_requests: [{ name: "mail", args: {} }] })).toHaveLength(1);
    expect(requestsOf({ action_requests: "no" })).toBeNull();
    expect(requestsOf("Sure?")).toBeNull();
    expect(requestsOf(null)).toBeNull();
  });

  it.each([
    [[null]],
    [[{}]],
    [[{ name: 5, args: {} }]],
    [[{ name: "mail", args: "x" }]],
    [[{ name: "mail", args: {} }, "half"]],
    [[]],
  ])("is shown as it is where the form is broken: %j", (action_requests) => {
    expect(requestsOf({ action_requests })).toBeNull();
  });

  it("allows what its configuration says, by name, then by place", () => {
    const asked = {
      action_requests: [{ name: "mail", args: {}, description: { not: "text" } }, { name: "post" }],
      review_configs: [{ action_name: "post", allowed_decisions: ["reject"] }, { allowed_decisions: "x" }],
    };
    expect(requestsOf(asked)).toEqual([
      { name: "mail", args: {}, description: "", allowed: ["reject"] },
      { name: "post", args: {}, description: "", allowed: ["reject"] },
    ]);
    expect(requestsOf({ ...asked, review_configs: "x" })?.[0]?.allowed).toEqual([
      "approve",
      "edit",
      "reject",
    ]);
  });
});
