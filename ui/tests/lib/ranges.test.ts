import { describe, expect, it } from "vitest";
import { momentsOf, rangeOf } from "@/lib/ranges";

const NOW = Date.parse("2026-05-02T12:34:56Z");
const say = (said: Record<string, string>) => (name: string) => said[name] ?? "";

describe("the moments of a range", () => {
  it("begin a day ago at a whole minute and have no end", () => {
    expect(momentsOf({ name: "24h", since: "", until: "" }, NOW)).toEqual({
      since: "2026-05-01T12:34:00.000Z",
      until: "",
    });
  });

  it("are open for all the time", () => {
    expect(momentsOf({ name: "all", since: "2026-01-01", until: "" }, NOW)).toEqual({ since: "", until: "" });
  });

  it("are told in UTC when a person chose them, and left out where they are none", () => {
    const local = "2026-05-01T10:00";
    expect(momentsOf({ name: "custom", since: local, until: "nonsense" }, NOW)).toEqual({
      since: new Date(local).toISOString(),
      until: "",
    });
  });
});

describe("the range of an address", () => {
  it("is the usual one where nothing is said, or nothing known", () => {
    expect(rangeOf(say({}), "7d").name).toBe("7d");
    expect(rangeOf(say({ range: "a century" }), "7d").name).toBe("7d");
  });

  it("is between two moments where these alone are said", () => {
    expect(rangeOf(say({ since: "2026-05-01T10:00" }), "7d")).toEqual({
      name: "",
      since: "2026-05-01T10:00",
      until: "",
    });
  });
});
