import { expect, it } from "vitest";
import { requestsOf } from "@/pages/approvals/foreign_review";

it("knows the requests of LangChain's form, and takes all else as words of its own", () => {
  expect(requestsOf({ action_requests: [{ name: "mail", args: {} }] })).toHaveLength(1);
  expect(requestsOf({ action_requests: "no" })).toBeNull();
  expect(requestsOf("Sure?")).toBeNull();
  expect(requestsOf(null)).toBeNull();
});
