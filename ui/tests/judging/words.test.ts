import { expect, test } from "vitest";
import { effectWords, named, routeWords, statusWords } from "@/judging/words";

test("names of tools read as words", () => {
  expect(named("issue_refund")).toBe("Issue refund");
  expect(named("send-letter")).toBe("Send letter");
});

test("an effect of which nobody says how far it reaches counts as the worst", () => {
  expect(effectWords("unheard_of")).toBe(effectWords("irreversible"));
});

test("a status or a route of a later version is told by its name", () => {
  expect(statusWords("put_off").words).toBe("put off");
  expect(routeWords("hand_over").words).toBe("Hand over");
});
