/** What is not seen, or turns around what is: controls, marks of direction, spaces without width, tags. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;
/** Ends of lines, and what joins letters and emoji. */
const HARMLESS = new Set(["\n", "\r", "\t", "\u200c", "\u200d"]);

/**
 * A text with its unseen characters made visible, such as "⟨U+202E⟩".
 *
 * For what is judged or inspected: two values that look the same are the same, and are read in the order they have.
 */
export function visible(text: string): string {
  return text.replace(UNSEEN, (unseen) => {
    if (HARMLESS.has(unseen)) return unseen;
    return `⟨U+${(unseen.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  });
}
