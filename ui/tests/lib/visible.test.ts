import { describe, expect, it } from "vitest";
import { visible } from "@/lib/visible";

describe("what is not seen", () => {
  it("is shown by its number, so that nothing turns around what follows", () => {
    expect(visible("pay \u202e001\u202c now")).toBe("pay ⟨U+202E⟩001⟨U+202C⟩ now");
    expect(visible("a\u200bb\ufeff\u0000\u{e0041}")).toBe("a⟨U+200B⟩b⟨U+FEFF⟩⟨U+0000⟩⟨U+E0041⟩");
  });

  it("leaves lines, languages and emoji as they are", () => {
    const text = "שלום عالم\n\tÉ 👩‍👧 £1\r\n";
    expect(visible(text)).toBe(text);
  });
});
