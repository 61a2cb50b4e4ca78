import { expect, test } from "vitest";
import type { Effect } from "@/pages/chat/types";
import { standingOf } from "@/pages/chat/words";

const effect = (status: string) => ({ status }) as Effect;

test("a turn's end is told in words", () => {
  expect(standingOf("completed", []).words).toBe("Answered");
  expect(standingOf("abstained", []).words).toBe("Did not answer");
  expect(standingOf("clarify", []).words).toBe("Asks you");
  expect(standingOf("something_new", []).words).toBe("Something new");
});

test("a turn whose actions were all rejected is rejected", () => {
  expect(standingOf("completed", [effect("rejected")]).words).toBe("Rejected");
  expect(standingOf("completed", [effect("rejected"), effect("verified")]).words).toBe("Answered");
  expect(standingOf("completed", [], { review: { kind: "reject" } }).words).toBe("Rejected");
  expect(standingOf("completed", [], { review: { kind: "respond" } }).words).toBe("Answered by a person");
});
