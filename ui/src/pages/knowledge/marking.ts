/** A piece of a text: words that were matched, or what is between them. */
interface Piece {
  text: string;
  /** The term that it matched, or "". */
  term: string;
}

const WORD = /[\p{L}\p{N}][\p{L}\p{N}'’_-]*/gu;

/** Marks in a text the words that belong to stems, and what was looked for literally. */
export function markTerms(text: string, terms: readonly string[], exact: readonly string[] = []): Piece[] {
  const found = [...literals(text, exact), ...words(text, terms)].sort((a, b) => a.start - b.start);
  const pieces: Piece[] = [];
  let at = 0;
  for (const one of found) {
    if (one.start < at) continue;
    if (one.start > at) pieces.push({ text: text.slice(at, one.start), term: "" });
    pieces.push({ text: text.slice(one.start, one.end), term: one.term });
    at = one.end;
  }
  if (at < text.length) pieces.push({ text: text.slice(at), term: "" });
  return pieces;
}

interface Place {
  start: number;
  end: number;
  term: string;
}

function words(text: string, terms: readonly string[]): Place[] {
  if (terms.length === 0) return [];
  return [...text.matchAll(WORD)].flatMap((match) => {
    const word = match[0];
    const term = terms.find((one) => isOf(word.toLowerCase(), one));
    return term === undefined ? [] : [{ start: match.index, end: match.index + word.length, term }];
  });
}

const LONGEST_ENDING = 5;
const SHORT = 4;
/** What may follow a short stem; a letter may have been doubled before it: "stopped". */
const ENDING = /^.?(?:e|ed|er|ers|es|ing|ings|ly|s|['’]s|y)$/;

/** Whether a word may have been cut to a stem: "policies" and "policy" are cut to "polici". */
function isOf(word: string, stem: string): boolean {
  if (word.length > stem.length + LONGEST_ENDING) return false;
  if (word === stem) return true;
  if (word.startsWith(stem)) return stem.length > SHORT || ENDING.test(word.slice(stem.length));
  return stem.endsWith("i") && word === `${stem.slice(0, -1)}y`;
}

function literals(text: string, exact: readonly string[]): Place[] {
  const lower = text.toLowerCase();
  return exact.flatMap((one) => {
    const wanted = one.toLowerCase();
    const found: Place[] = [];
    if (wanted === "") return found;
    for (let at = lower.indexOf(wanted); at >= 0; at = lower.indexOf(wanted, at + wanted.length)) {
      found.push({ start: at, end: at + wanted.length, term: one });
    }
    return found;
  });
}
