import { expect, test } from "vitest";
import { spansOf } from "@/pages/chat/passage";
import type { Citation, Evidence } from "@/pages/chat/types";

const evidence: Evidence = {
  id: "e",
  source: "a.md",
  text: "One two three four.",
  start: 100,
  end: 119,
  score: 1,
};
const cite = (start: number, end: number, quote: string, source = "a.md"): Citation => ({
  source,
  start,
  end,
  quote,
  evidence_id: "e",
});

test("what is cited is marked, and the chosen citation stands out", () => {
  const [two, four] = [cite(104, 107, "two"), cite(114, 118, "four")];
  expect(spansOf(evidence, [two, four], four)).toEqual([
    { text: "One ", cited: false, chosen: false },
    { text: "two", cited: true, chosen: false },
    { text: " three ", cited: false, chosen: false },
    { text: "four", cited: true, chosen: true },
    { text: ".", cited: false, chosen: false },
  ]);
});

test("citations that overlap are cut at their edges", () => {
  const spans = spansOf(evidence, [cite(100, 107, "One two"), cite(104, 113, "two three")]);
  expect(spans.map((one) => one.text)).toEqual(["One ", "two", " three", " four."]);
});

test("where the offsets do not fit, the quote is looked for", () => {
  const smiling: Evidence = { ...evidence, text: "😀 One two three four.", end: 121 };
  const spans = spansOf(smiling, [cite(106, 109, "two")]);
  expect(spans.find((one) => one.cited)?.text).toBe("two");
});

test("a citation of another source marks nothing", () => {
  expect(spansOf(evidence, [cite(104, 107, "two", "b.md")])).toEqual([
    { text: evidence.text, cited: false, chosen: false },
  ]);
  expect(spansOf({ ...evidence, id: "other" }, [cite(5, 9, "gone")]).every((one) => !one.cited)).toBe(true);
});
