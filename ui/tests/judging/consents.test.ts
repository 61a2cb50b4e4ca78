import { describe, expect, it } from "vitest";
import { approvers, type Consent, hasApproved, missingWords, progress } from "@/judging/consents";

const consent = (principal: string, digest = "d1"): Consent => ({
  digest,
  principal,
  at: "2026-05-01T12:00:00Z",
});

describe("approval by several people", () => {
  it("counts people, not their words", () => {
    const consents = [consent("ada"), consent("ada", "d2"), consent("bob")];
    expect(approvers(consents).map((one) => one.principal)).toEqual(["ada", "bob"]);
    expect(progress(3, consents)).toBe("2 of 3 approved");
  });

  it("says who is missing", () => {
    expect(missingWords(2, [])).toBe("2 different people must approve");
    expect(missingWords(2, [consent("ada")])).toBe("another person must approve");
    expect(missingWords(4, [consent("ada")])).toBe("3 other people must approve");
  });

  it("knows who has approved all that is approved", () => {
    expect(hasApproved([], "ada")).toBe(false);
    expect(hasApproved([consent("ada")], "ada")).toBe(true);
    expect(hasApproved([consent("bob")], "ada")).toBe(false);
    expect(hasApproved([consent("ada"), consent("bob", "d2")], "ada")).toBe(false);
  });
});
