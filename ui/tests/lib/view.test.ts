import { describe, expect, it } from "vitest";
import { patched } from "@/lib/view";

describe("a changed view", () => {
  it("keeps what was not spoken of, and forgets what is empty", () => {
    const before = new URLSearchParams("status=failed&page=3&thread=t");
    expect(patched(before, { page: null, status: "", run: "r" }).toString()).toBe("thread=t&run=r");
  });

  it("leaves the former one as it was", () => {
    const before = new URLSearchParams("a=1");
    patched(before, { a: "2" });
    expect(before.toString()).toBe("a=1");
  });
});
