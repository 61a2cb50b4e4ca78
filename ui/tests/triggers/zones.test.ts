import { describe, expect, it } from "vitest";
import { schemaOf } from "@/pages/triggers/schema_of";
import { isZone, momentsIn, zones } from "@/pages/triggers/zones";

describe("moments in a zone", () => {
  it("say the day and the time that a clock there shows, over the change to summer time", () => {
    const times = ["2026-03-27T08:00:00Z", "2026-03-30T07:00:00Z"];
    expect(momentsIn(times, "Europe/Berlin")).toEqual([
      { at: times[0], day: "Fri, 27 Mar 2026", time: "09:00", offset: "+01:00", shifted: false },
      { at: times[1], day: "Mon, 30 Mar 2026", time: "09:00", offset: "+02:00", shifted: true },
    ]);
  });

  it("are midnight as 00:00, and may fall on another day", () => {
    expect(momentsIn(["2026-11-22T05:00:00Z"], "America/New_York")[0]).toMatchObject({
      day: "Sun, 22 Nov 2026",
      time: "00:00",
      offset: "-05:00",
    });
    expect(momentsIn(["2026-11-22T05:00:00Z"], "UTC")[0]?.offset).toBe("+00:00");
  });
});

describe("zones", () => {
  it("are known by name, UTC among them", () => {
    expect(isZone("Asia/Kolkata")).toBe(true);
    expect(isZone("Atlantis/Harbour")).toBe(false);
    expect(isZone("")).toBe(false);
    expect(zones()[0]).toBe("UTC");
  });
});

describe("the schema of an event", () => {
  const settings = { schemas: { "1": { type: "object" }, "2": { type: "string" }, old: "schemas/old.json" } };

  it("is that of its version, else the last one", () => {
    expect(schemaOf(settings, "1")).toEqual({ type: "object" });
    expect(schemaOf({ schemas: { "1": { type: "object" }, "2": { type: "string" } } })).toEqual({
      type: "string",
    });
  });

  it("is any value where the server alone has it, or there is none", () => {
    expect(schemaOf(settings, "old")).toEqual({});
    expect(schemaOf(settings, "9")).toEqual({});
    expect(schemaOf({})).toEqual({});
  });
});
