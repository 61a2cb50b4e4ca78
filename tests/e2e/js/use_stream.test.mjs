// React's useStream of LangGraph's JavaScript SDK, mounted in a page without a browser.

import assert from "node:assert/strict";
import { after, afterEach, test } from "node:test";

import { JSDOM } from "jsdom";

const dom = new JSDOM("<div id=root></div>", { url: "http://localhost/" });
for (const name of ["window", "document", "navigator", "sessionStorage"]) {
  Object.defineProperty(globalThis, name, { value: name === "window" ? dom.window : dom.window[name], configurable: true });
}
const { createElement } = await import("react");
const { createRoot } = await import("react-dom/client");
const { Client } = await import("@langchain/langgraph-sdk");
const { useStream } = await import("@langchain/langgraph-sdk/react");

const apiUrl = process.env.PODIUM_URL;
const client = new Client({ apiUrl, apiKey: null });
const mounted = [];

// A page with one conversation; `page.now` is what the hook gave last.
function open(options) {
  const page = { now: undefined, threadId: options.threadId ?? null, errors: [] };
  function Conversation() {
    page.now = useStream({
      apiUrl,
      apiKey: null,
      fetchStateHistory: true,
      onThreadId: (id) => (page.threadId = id),
      onError: (error) => page.errors.push(error),
      ...options,
    });
    page.seen = [page.now.values, page.now.messages, page.now.interrupt, page.now.isLoading];
    return null;
  }
  const root = createRoot(document.createElement("div"));
  root.render(createElement(Conversation));
  page.close = () => root.unmount();
  mounted.push(page);
  return page;
}

async function until(what, page, holds) {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (page.now && holds(page.now)) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { values, isLoading, error } = page.now ?? {};
  assert.fail(`${what}: ${JSON.stringify({ values, isLoading, error: String(error), errors: page.errors.map(String) })}`);
}

const idle = (now) => !now.isLoading && !now.isThreadLoading;
const texts = (now) => now.messages.map((message) => message.content);
const said = (text) => ({ messages: [{ type: "human", content: text }] });

afterEach(() => {
  for (const page of mounted.splice(0)) page.close();
});
after(() => dom.window.close());

test("submit shows the answer, and a second turn goes on", async () => {
  const page = open({ assistantId: "chat" });
  await until("mounted", page, idle);
  page.now.submit(said("hello"));
  await until("answered", page, (now) => idle(now) && texts(now).at(-1) === "echo: hello");
  page.now.submit(said("more"));
  await until("answered again", page, (now) => idle(now) && texts(now).length === 4);
  assert.deepEqual(texts(page.now), ["hello", "echo: hello", "more", "echo: more"]);
  assert.deepEqual(page.errors, []);
});

test("an interrupt is shown, and resumed", async () => {
  const page = open({ assistantId: "asks" });
  await until("mounted", page, idle);
  page.now.submit({ question: "why?" });
  await until("asked", page, (now) => idle(now) && now.interrupt?.value?.question === "why?");
  page.now.submit(undefined, { command: { resume: "because" } });
  await until("done", page, (now) => idle(now) && now.values.done === true);
  assert.equal(page.now.values.answer, "because");
  assert.equal(page.now.interrupt, undefined);
});

test("an edit of an earlier message makes a branch, and both can be seen", async () => {
  const page = open({ assistantId: "chat" });
  await until("mounted", page, idle);
  page.now.submit(said("first"));
  await until("answered", page, (now) => idle(now) && texts(now).length === 2);
  page.now.submit(said("second"));
  await until("answered again", page, (now) => idle(now) && texts(now).length === 4);
  const edited = page.now.messages[2];
  const checkpoint = page.now.getMessagesMetadata(edited).firstSeenState.parent_checkpoint;
  page.now.submit(said("changed"), { checkpoint });
  await until("branched", page, (now) => idle(now) && texts(now).at(-1) === "echo: changed");
  assert.deepEqual(texts(page.now), ["first", "echo: first", "changed", "echo: changed"]);
  const metadata = page.now.getMessagesMetadata(page.now.messages[2]);
  assert.equal(metadata.branchOptions.length, 2);
  page.now.setBranch(metadata.branchOptions.find((branch) => branch !== metadata.branch));
  await until("the other branch", page, (now) => texts(now).at(-1) === "echo: second");
});

test("an answer is regenerated from the checkpoint before it", async () => {
  const page = open({ assistantId: "chat" });
  await until("mounted", page, idle);
  page.now.submit(said("hello"));
  await until("answered", page, (now) => idle(now) && texts(now).length === 2);
  const checkpoint = page.now.getMessagesMetadata(page.now.messages[1]).firstSeenState.parent_checkpoint;
  const before = page.now.messages[1].id;
  page.now.submit(undefined, { checkpoint });
  await until("again", page, (now) => idle(now) && texts(now).length === 2 && now.messages[1].id !== before);
  assert.deepEqual(texts(page.now), ["hello", "echo: hello"]);
});

test("stop ends the run", async () => {
  const page = open({ assistantId: "steps" });
  await until("mounted", page, idle);
  page.now.submit({ text: "x", seconds: 0.5 });
  await until("begun", page, (now) => now.isLoading && now.values.steps?.length === 1);
  page.now.stop();
  await until("stopped", page, (now) => !now.isLoading);
  const [run] = await client.runs.list(page.threadId);
  await client.runs.join(page.threadId, run.run_id).catch(() => undefined);
  assert.equal((await client.runs.get(page.threadId, run.run_id)).status, "interrupted");
  assert.deepEqual(page.errors, []);
});

test("a page that is opened again in the middle of a run is told all of it", async () => {
  const first = open({ assistantId: "steps", reconnectOnMount: true });
  await until("mounted", first, idle);
  first.now.submit({ text: "x", seconds: 0.5 });
  await until("begun", first, (now) => now.values.steps?.length === 1);
  first.close();
  const second = open({ assistantId: "steps", threadId: first.threadId, reconnectOnMount: true });
  await until("joined", second, (now) => now.isLoading);
  await until("done", second, (now) => !now.isLoading && now.values.steps?.length === 4);
  assert.deepEqual(second.now.values.steps, ["one", "two", "three", "four"]);
  assert.equal((await client.runs.list(first.threadId)).length, 1);
});

test("an error is shown", async () => {
  const page = open({ assistantId: "steps" });
  await until("mounted", page, idle);
  page.now.submit({ text: "x", fails: true });
  await until("failed", page, (now) => !now.isLoading && now.error != null);
  assert.match(String(page.now.error), /three does not like this/);
});
