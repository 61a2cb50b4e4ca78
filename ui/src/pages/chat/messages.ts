import type { Block, Message, ToolCall } from "./types";

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const isBlock = (value: unknown): value is Block | string =>
  typeof value === "string" ||
  (isFields(value) && (value.type !== "text" || value.text === undefined || typeof value.text === "string"));

const isCall = (value: unknown): value is ToolCall => isFields(value) && typeof value.name === "string";

const isText = (value: unknown) => value === undefined || value === null || typeof value === "string";

/** What a state holds as messages, as far as they are any: other graphs keep there what they like. */
export function messagesOf(value: unknown): Message[] {
  if (!Array.isArray(value)) return [];
  return value.filter((one): one is Fields => isFields(one) && typeof one.type === "string").map(messageOf);
}

function messageOf(held: Fields): Message {
  const { content, tool_calls: calls, id, name } = held;
  const isWhole =
    (typeof content === "string" || (Array.isArray(content) && content.every(isBlock))) &&
    (calls === undefined || (Array.isArray(calls) && calls.every(isCall))) &&
    isText(id) &&
    isText(name);
  if (isWhole) return held as unknown as Message;
  return {
    ...(isText(id) ? { id: id as string } : {}),
    ...(isText(name) ? { name: name as string } : {}),
    type: held.type as string,
    content: Array.isArray(content)
      ? (content.filter(isBlock) as Block[])
      : typeof content === "string"
        ? content
        : content === undefined || content === null
          ? ""
          : JSON.stringify(content),
    tool_calls: Array.isArray(calls) ? calls.filter(isCall) : [],
  };
}

/** The words of a message, whatever its content is made of. */
export function textOf(message: Message): string {
  if (typeof message.content === "string") return message.content;
  if (!Array.isArray(message.content)) return "";
  return message.content
    .map((block) => (typeof block === "string" ? block : block.type === "text" ? (block.text ?? "") : ""))
    .join("");
}

/** A question and all that followed until the next one. */
export interface Turn {
  /** The id of the question's message, or where it stands when it has none. */
  id: string;
  question: Message | null;
  replies: Message[];
}

/** Cuts a conversation into turns. */
export function turnsOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = [];
  for (const message of messages) {
    const last = turns.at(-1);
    if (message.type === "human" || last === undefined) {
      const question = message.type === "human" ? message : null;
      turns.push({
        id: message.id ?? `at-${turns.length}`,
        question,
        replies: question === null ? [message] : [],
      });
    } else last.replies.push(message);
  }
  return turns;
}

/** The same turns, but those of which nothing has changed as they were, so that they need not be drawn again. */
export function steady(before: readonly Turn[], now: Turn[]): Turn[] {
  return now.map((turn, place) => {
    const was = before[place];
    const same =
      was !== undefined &&
      was.id === turn.id &&
      was.question === turn.question &&
      was.replies.length === turn.replies.length &&
      was.replies.every((reply, index) => reply === turn.replies[index]);
    return same ? was : turn;
  });
}

/** Messages with newer ones in place of those of the same id, and the others after them. */
export function merged(held: readonly Message[], newer: readonly Message[]): Message[] {
  const byId = new Map(newer.flatMap((message) => (message.id ? [[message.id, message] as const] : [])));
  const known = new Set(held.map((message) => message.id));
  return [
    ...held.map((message) => (message.id ? (byId.get(message.id) ?? message) : message)),
    ...newer.filter((message) => !message.id || !known.has(message.id)),
  ];
}

/** The messages of a run's input. */
export function asked(input: unknown): Message[] {
  const messages = (input as { messages?: unknown } | null)?.messages;
  if (!Array.isArray(messages)) return [];
  return messages.filter(
    (one): one is Message => typeof one === "object" && one !== null && "content" in one,
  );
}

/** What a queued run will ask, as one line. */
export function askedText(input: unknown): string {
  const words = asked(input).map(textOf).join("\n").trim();
  return words !== "" ? words : input === null || input === undefined ? "" : JSON.stringify(input);
}

const FENCE = /^ {0,3}(```|~~~)/;

/**
 * Cuts a Markdown text at blank lines outside of code, so that all but the last block stay as they are while more
 * text arrives.
 */
export function blocksOf(text: string): string[] {
  const blocks: string[] = [];
  let current: string[] = [];
  let fence = "";
  for (const line of text.split("\n")) {
    const mark = FENCE.exec(line)?.[1];
    if (mark !== undefined && (fence === "" || mark === fence)) fence = fence === "" ? mark : "";
    if (line.trim() === "" && fence === "") {
      if (current.length > 0) blocks.push(current.join("\n"));
      current = [];
    } else current.push(line);
  }
  if (current.length > 0) blocks.push(current.join("\n"));
  return blocks;
}

/** A text in parts: words, and the numbers of citations like `[2]`. */
export type Part = { text: string } | { citation: number };

const MARK = /\[(\d{1,3})\]/g;

/** Finds the citation marks of an answer that has so many citations. */
export function marksOf(text: string, citations: number): Part[] {
  const parts: Part[] = [];
  let place = 0;
  for (const found of text.matchAll(MARK)) {
    const number = Number(found[1]);
    if (number < 1 || number > citations) continue;
    if (found.index > place) parts.push({ text: text.slice(place, found.index) });
    parts.push({ citation: number });
    place = found.index + found[0].length;
  }
  if (place < text.length) parts.push({ text: text.slice(place) });
  return parts;
}
