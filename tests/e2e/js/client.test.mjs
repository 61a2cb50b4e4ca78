// LangGraph's JavaScript client, each resource at least once, with its errors.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { Client } from "@langchain/langgraph-sdk";

const apiUrl = process.env.PODIUM_URL;
const client = new Client({ apiUrl, apiKey: null });
const ALL = ["one", "two", "three", "four"];

async function collected(stream) {
  const parts = [];
  for await (const part of stream) parts.push(part);
  return parts;
}

const status = (code) => (error) => {
  assert.equal(error.status ?? Number(/HTTP (\d+)/.exec(error.message)?.[1]), code, error.message);
  return true;
};

test("assistants are found by their graph, made, changed in versions, and removed", async () => {
  const found = await client.assistants.search({ graphId: "steps" });
  assert.equal(found.length, 1);
  assert.equal((await client.assistants.get("steps")).assistant_id, found[0].assistant_id);
  const made = await client.assistants.create({ graphId: "steps", name: "mine", config: { tags: ["a"] } });
  await client.assistants.update(made.assistant_id, { name: "mine still" });
  assert.equal((await client.assistants.getVersions(made.assistant_id)).length, 2);
  assert.equal((await client.assistants.setLatest(made.assistant_id, 1)).version, 1);
  assert.equal(await client.assistants.count({ graphId: "steps" }), 2);
  await client.assistants.delete(made.assistant_id);
  await assert.rejects(client.assistants.get(made.assistant_id), status(404));
});

test("a graph tells its shape and its schemas", async () => {
  const graph = await client.assistants.getGraph("steps");
  assert.deepEqual(graph.nodes.map((node) => node.id).filter((id) => ALL.includes(id)), ALL);
  const schemas = await client.assistants.getSchemas("steps");
  assert.ok("text" in schemas.input_schema.properties);
  assert.ok("inner" in (await client.assistants.getSubgraphs("nested")));
});

test("threads are made, found, copied, changed and removed", async () => {
  const mark = randomUUID();
  const thread = await client.threads.create({ metadata: { mark } });
  assert.equal((await client.threads.search({ metadata: { mark } })).length, 1);
  assert.equal(await client.threads.count({ metadata: { mark } }), 1);
  await client.threads.update(thread.thread_id, { metadata: { more: 1 } });
  assert.deepEqual((await client.threads.get(thread.thread_id)).metadata, { mark, more: 1 });
  const copy = await client.threads.copy(thread.thread_id);
  assert.notEqual(copy.thread_id, thread.thread_id);
  await client.threads.delete(thread.thread_id);
  await assert.rejects(client.threads.get(thread.thread_id), status(404));
});

test("a run is waited for, and its state and history are there", async () => {
  const { thread_id } = await client.threads.create();
  const values = await client.runs.wait(thread_id, "steps", { input: { text: "x" } });
  assert.deepEqual(values.steps, ALL);
  const state = await client.threads.getState(thread_id);
  assert.deepEqual(state.next, []);
  const history = await client.threads.getHistory(thread_id, { limit: 100 });
  assert.equal(history.length, 6);
  assert.equal(history[0].parent_checkpoint.checkpoint_id, history[1].checkpoint.checkpoint_id);
  await client.threads.updateState(thread_id, { values: { text: "y" }, asNode: "two" });
  assert.deepEqual((await client.threads.getState(thread_id)).next, ["three"]);
});

test("a stream tells the modes that were asked for, and the run's id at once", async () => {
  let created;
  const parts = await collected(
    client.runs.stream(null, "steps", {
      input: { text: "x" },
      streamMode: ["values", "updates", "tasks"],
      onRunCreated: (params) => (created = params),
    }),
  );
  assert.equal(parts[0].event, "metadata");
  assert.equal(parts[0].data.run_id, created.run_id);
  const updates = parts.filter((part) => part.event === "updates").flatMap((part) => Object.keys(part.data));
  assert.deepEqual(updates, ALL);
  assert.deepEqual(parts.filter((part) => part.event === "values").at(-1).data.steps, ALL);
});

test("messages come as tuples and as parts", async () => {
  const input = { messages: [{ role: "user", content: "hello" }] };
  const tuples = await collected(client.runs.stream(null, "chat", { input, streamMode: "messages-tuple" }));
  const answer = tuples.filter((part) => part.event === "messages").at(-1).data[0];
  assert.equal(answer.content, "echo: hello");
  const parts = await collected(client.runs.stream(null, "chat", { input, streamMode: "messages" }));
  assert.ok(parts.some((part) => part.event === "messages/complete" && part.data[0].content === "echo: hello"));
});

test("runs in the background are listed, joined, streamed again, cancelled and removed", async () => {
  const { thread_id } = await client.threads.create();
  const run = await client.runs.create(thread_id, "steps", { input: { text: "x" }, streamMode: "updates" });
  assert.deepEqual((await client.runs.join(thread_id, run.run_id)).steps, ALL);
  assert.equal((await client.runs.get(thread_id, run.run_id)).status, "success");
  const again = await collected(client.runs.joinStream(thread_id, run.run_id, { lastEventId: "-1" }));
  assert.deepEqual(again.filter((part) => part.event === "updates").flatMap((part) => Object.keys(part.data)), ALL);
  const slow = await client.runs.create(thread_id, "steps", { input: { text: "x", seconds: 30 } });
  await client.runs.cancel(thread_id, slow.run_id, true);
  assert.equal((await client.runs.get(thread_id, slow.run_id)).status, "interrupted");
  assert.equal((await client.runs.list(thread_id)).length, 2);
  await client.runs.delete(thread_id, run.run_id);
  await assert.rejects(client.runs.get(thread_id, run.run_id), status(404));
  const batch = await client.runs.createBatch([{ assistantId: "steps", input: { text: "x" } }]);
  assert.equal(batch.length, 1);
});

test("an interrupt is told, and answered", async () => {
  const { thread_id } = await client.threads.create();
  const asked = await client.runs.wait(thread_id, "asks", { input: { question: "why?" } });
  assert.equal(asked.__interrupt__[0].value.question, "why?");
  assert.equal((await client.threads.get(thread_id)).status, "interrupted");
  const done = await client.runs.wait(thread_id, "asks", { command: { resume: "because" } });
  assert.equal(done.answer, "because");
});

test("a stream that is cut off goes on where it stopped", async () => {
  let cuts = 0;
  const since = [];
  const cutting = async (url, options) => {
    since.push(new Headers(options?.headers).get("last-event-id"));
    const response = await fetch(url, options);
    if (cuts > 2 || !response.headers.get("content-type")?.startsWith("text/event-stream")) return response;
    cuts += 1;
    let seen = 0;
    const cut = new TransformStream({
      transform(chunk, controller) {
        if ((seen += 1) > 2) controller.error(new TypeError("terminated"));
        else controller.enqueue(chunk);
      },
    });
    return new Response(response.body.pipeThrough(cut), response);
  };
  const unlucky = new Client({ apiUrl, apiKey: null, callerOptions: { fetch: cutting } });
  const parts = await collected(
    unlucky.runs.stream(null, "steps", {
      input: { text: "x", seconds: 0.3 },
      streamMode: "updates",
      streamResumable: true,
      onDisconnect: "continue",
    }),
  );
  assert.ok(cuts > 0 && since.some((id) => id != null), "nothing was cut off");
  assert.deepEqual(parts.filter((part) => part.event === "updates").flatMap((part) => Object.keys(part.data)), ALL);
});

test("the store keeps, finds and forgets", async () => {
  const space = ["js", randomUUID()];
  await client.store.putItem(space, "one", { colour: "red" });
  assert.equal((await client.store.getItem(space, "one")).value.colour, "red");
  assert.equal((await client.store.searchItems(space, { filter: { colour: "red" } })).items.length, 1);
  assert.ok((await client.store.listNamespaces({ prefix: ["js"] })).namespaces.length >= 1);
  await client.store.deleteItem(space, "one");
  assert.equal(await client.store.getItem(space, "one").catch((error) => status(404)(error) && null), null);
});

test("crons are made, found and removed", async () => {
  const made = await client.crons.create("steps", { schedule: "0 3 * * *", input: { text: "x" } });
  const found = await client.crons.search({ assistantId: made.assistant_id });
  assert.ok(found.some((cron) => cron.cron_id === made.cron_id));
  assert.ok((await client.crons.count({})) >= 1);
  await client.crons.delete(made.cron_id);
});

test("errors tell what was wrong", async () => {
  await assert.rejects(client.runs.wait(null, "nope", { input: {} }), status(404));
  await assert.rejects(client.runs.wait(randomUUID(), "steps", { input: {} }), status(404));
  await assert.rejects(client.threads.create({ threadId: "no uuid" }), status(422));
  const { thread_id } = await client.threads.create();
  await assert.rejects(client.threads.create({ threadId: thread_id }), status(409));
  await client.runs.create(thread_id, "steps", { input: { seconds: 30 } });
  const options = { input: {}, multitaskStrategy: "reject" };
  await assert.rejects(client.runs.create(thread_id, "steps", options), (error) => error.status === 409 || error.status === 422);
  await client.runs.wait(thread_id, "steps", { input: { text: "" }, multitaskStrategy: "rollback" });
  const failed = await collected(client.runs.stream(null, "steps", { input: { fails: true } })).catch((error) => error);
  assert.ok(failed instanceof Error ? /three/.test(failed.message) : failed.some((part) => part.event === "error"));
});
