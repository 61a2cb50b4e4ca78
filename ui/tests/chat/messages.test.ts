import { expect, test } from "vitest";
import {
  asked,
  askedText,
  blocksOf,
  marksOf,
  merged,
  messagesOf,
  steady,
  textOf,
  turnsOf,
} from "@/pages/chat/messages";
import type { Message } from "@/pages/chat/types";

const say = (type: string, content: Message["content"], id?: string): Message => ({ type, content, id });

test("the words of a message are its text blocks", () => {
  expect(textOf(say("ai", "one"))).toBe("one");
  const blocks = [
    { type: "text", text: "a" },
    { type: "image_url", url: "x" },
    { type: "text", text: "b" },
  ];
  expect(textOf(say("ai", blocks))).toBe("ab");
  expect(textOf({ type: "ai", content: null as unknown as string })).toBe("");
});

test("what is no message is left out, and broken ones are shown as far as they are whole", () => {
  const whole = say("ai", "one", "a1");
  const broken = [
    { type: 5, content: "x" },
    null,
    "x",
    { type: "ai", content: null, tool_calls: "x", name: { x: 1 } },
    { type: "ai", content: [null, { type: "text", text: { x: 1 } }, "t"], tool_calls: [null, { name: 1 }] },
    { type: "tool", content: { x: 1 }, id: 7 },
  ];
  const held = messagesOf([whole, ...broken]);
  expect(held[0]).toBe(whole);
  expect(held.map((one) => [one.type, textOf(one), one.tool_calls ?? []])).toEqual([
    ["ai", "one", []],
    ["ai", "", []],
    ["ai", "t", []],
    ["tool", '{"x":1}', []],
  ]);
  expect(messagesOf({ not: "a list" })).toEqual([]);
});

test("a turn is a question with all that follows", () => {
  const turns = turnsOf([
    say("system", "be kind", "s"),
    say("human", "one?", "h1"),
    say("ai", "", "a1"),
    say("tool", "42", "t1"),
    say("ai", "42.", "a2"),
    say("human", "two?", "h2"),
  ]);
  expect(turns.map((turn) => [turn.id, turn.question?.id, turn.replies.map((one) => one.id)])).toEqual([
    ["s", undefined, ["s"]],
    ["h1", "h1", ["a1", "t1", "a2"]],
    ["h2", "h2", []],
  ]);
});

test("newer messages take the place of those with their id", () => {
  const held = [say("human", "q", "1"), say("ai", "old", "2")];
  expect(merged(held, [say("ai", "new", "2"), say("ai", "more", "3")]).map(textOf)).toEqual([
    "q",
    "new",
    "more",
  ]);
});

test("what a run will ask is read from its input, whatever that is", () => {
  expect(asked({ messages: [say("human", "hello"), "nonsense", null] }).map(textOf)).toEqual(["hello"]);
  expect(asked(null)).toEqual([]);
  expect(askedText({ messages: [say("human", "hello")] })).toBe("hello");
  expect(askedText({ place: "Oslo" })).toBe('{"place":"Oslo"}');
  expect(askedText(null)).toBe("");
});

test("a text is cut at blank lines, but not in the middle of code", () => {
  expect(blocksOf("a\nb\n\n\nc")).toEqual(["a\nb", "c"]);
  expect(blocksOf("```\nx\n\ny\n```\n\nz")).toEqual(["```\nx\n\ny\n```", "z"]);
  expect(blocksOf("~~~\n```\n\n~~~\nend")).toEqual(["~~~\n```\n\n~~~\nend"]);
  expect(blocksOf("")).toEqual([]);
});

test("citation marks are those numbers that have a citation", () => {
  expect(marksOf("One [1], two [2] and [12].", 2)).toEqual([
    { text: "One " },
    { citation: 1 },
    { text: ", two " },
    { citation: 2 },
    { text: " and [12]." },
  ]);
  expect(marksOf("[0] [1]", 0)).toEqual([{ text: "[0] [1]" }]);
});

test("a turn of which nothing has changed is the same object", () => {
  const messages = [say("human", "one?", "1"), say("ai", "one", "2"), say("human", "two?", "3")];
  const before = turnsOf(messages);
  const now = steady(before, turnsOf([...messages, say("ai", "two", "4")]));
  expect(now[0]).toBe(before[0]);
  expect(now[1]).not.toBe(before[1]);
  expect(now[1]?.replies).toHaveLength(1);
});
