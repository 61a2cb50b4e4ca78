import { describe, expect, it } from "vitest";
import { markTerms } from "@/pages/knowledge/marking";

const marked = (text: string, terms: string[], exact: string[] = []) =>
  markTerms(text, terms, exact)
    .filter((piece) => piece.term !== "")
    .map((piece) => piece.text);

describe("marked terms", () => {
  it("are the words that were cut to them, in any case", () => {
    expect(marked("Returns are free. RETURN it; a returning parcel.", ["return"])).toEqual([
      "Returns",
      "RETURN",
      "returning",
    ]);
    expect(marked("The policy and other policies.", ["polici"])).toEqual(["policy", "policies"]);
  });

  it("are no longer words that only begin alike, and no short stems inside words", () => {
    expect(marked("Two cars, a cargo and a carnivore.", ["car"])).toEqual(["cars"]);
    expect(marked("is island it", ["is"])).toEqual(["is"]);
    expect(marked("It returnability and returns", ["return"])).toEqual(["returns"]);
  });

  it("are also what was looked for as it is written", () => {
    expect(marked("Order O-1042, and o-1042 again", [], ["O-1042"])).toEqual(["O-1042", "o-1042"]);
  });

  it("leave the text whole", () => {
    const text = "a <script>alert(1)</script> return";
    expect(
      markTerms(text, ["return", "script"])
        .map((piece) => piece.text)
        .join(""),
    ).toBe(text);
  });
});
