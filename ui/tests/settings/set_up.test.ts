import { describe, expect, it } from "vitest";
import { modelOf } from "@/pages/settings/set_up";

describe("the name of a model", () => {
  it("is told with its provider, which need not be typed", () => {
    expect(modelOf("openai", " small-1 ")).toBe("openai:small-1");
    expect(modelOf("openai", "other:big-2")).toBe("other:big-2");
  });

  it("is none where nothing was typed", () => {
    expect(modelOf("openai", "  ")).toBeNull();
  });
});
