import { expect, it } from "vitest";
import { changedLevels, type Level, misfit, policyLines, shifts, triedOf } from "@/pages/thresholds/model";

const IN_FORCE: Record<Level, number> = {
  answer: 0.55,
  gather: 0.3,
  abstain: 0.3,
  read: 0.3,
  reversible: 0.7,
  compensable: 0.8,
  irreversible: 0.9,
  clarify: 0.5,
};

it("takes from the address what is a threshold, and leaves the rest as it is", () => {
  const said = (name: string) => ({ answer: "0.7", read: "much", clarify: "2", abstain: "" })[name] ?? "";
  const tried = triedOf(said, IN_FORCE);
  expect(tried).toEqual({ ...IN_FORCE, answer: 0.7 });
  expect(changedLevels(tried, IN_FORCE)).toEqual({ answer: 0.7 });
  expect(policyLines({ answer: 0.7 })).toBe("thresholds:\n  answer: 0.7");
});

it("says when thresholds do not fit together", () => {
  expect(misfit(IN_FORCE)).toBe("");
  expect(misfit({ ...IN_FORCE, reversible: 0.95 })).toMatch(/riskier/);
  expect(misfit({ ...IN_FORCE, abstain: 0.6 })).toMatch(/Saying nothing/);
});

it("sets what is against what would be, also where a way is new", () => {
  const counts = JSON.parse(
    '{"now": {"escalate": 3, "answer": 5}, "then": {"answer": 4, "escalate": 3, "zebra": 1}}',
  );
  expect(shifts(counts)).toEqual([
    { route: "answer", inForce: 5, tried: 4 },
    { route: "escalate", inForce: 3, tried: 3 },
    { route: "zebra", inForce: 0, tried: 1 },
  ]);
});
