import type { Client } from "@langchain/langgraph-sdk";
import { expect, test, vi } from "vitest";
import { follow } from "@/pages/chat/follow";
import { LiveRun } from "@/pages/chat/live";

/** A server whose streams end as they are told to; it notes from where each was read. */
function server(streams: (() => AsyncGenerator<unknown>)[], statuses: string[]) {
  const from: (string | undefined)[] = [];
  const runs = {
    joinStream: (_thread: string, _run: string, options: { lastEventId?: string }) => {
      from.push(options.lastEventId);
      const next = streams.shift();
      if (next === undefined) throw new TypeError("fetch failed");
      return next();
    },
    get: async () => ({ status: statuses.shift() ?? "success" }),
  };
  return { client: { runs } as unknown as Client, from };
}

async function* told(...ids: number[]) {
  for (const id of ids)
    yield { id: String(id), event: "custom", data: { kind: "note", data: { text: "x" } } };
}

async function* broken(...ids: number[]) {
  yield* told(...ids);
  throw new TypeError("network error");
}

test("a run is read from its beginning to its end", async () => {
  const { client, from } = server([() => told(1, 2)], ["success"]);
  const live = new LiveRun("r");
  await follow(client, "t", live, new AbortController().signal);
  expect(from).toEqual(["-1"]);
  expect(live.lastEventId).toBe("2");
});

test("after a lost connection, a server that is away, and a stream that ends too early it goes on where it was", async () => {
  const away = () => {
    throw new TypeError("refused");
  };
  const { client, from } = server(
    [() => broken(1, 2), away, () => told(3), () => told(4)],
    ["running", "success"],
  );
  const live = new LiveRun("r");
  await follow(client, "t", live, new AbortController().signal);
  expect(from).toEqual(["-1", "2", "2", "3"]);
  expect(live.lastEventId).toBe("4");
});

test("it ends when it is aborted, while it waits for a server too", async () => {
  vi.useFakeTimers();
  try {
    const abort = new AbortController();
    const { client } = server([], []);
    const followed = follow(client, "t", new LiveRun("r"), abort.signal);
    await vi.advanceTimersByTimeAsync(2_000);
    abort.abort();
    await vi.advanceTimersByTimeAsync(0);
    await followed;
  } finally {
    vi.useRealTimers();
  }
});

test("a run that is not there any more is not waited for", async () => {
  const gone = () => {
    throw new Error("HTTP 404: {}");
  };
  const { client, from } = server([gone], []);
  await follow(client, "t", new LiveRun("r"), new AbortController().signal);
  expect(from).toHaveLength(1);
});
