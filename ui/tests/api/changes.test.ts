import { QueryClient } from "@tanstack/react-query";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { followChanges, readLists, readThreads } from "@/api/changes";
import type { Connection } from "@/api/connection";

const event = (threads: string[]) =>
  `event: changed\ndata: ${JSON.stringify({ threads, waiting: 0 })}\n\n: heartbeat\n\n`;

/** A server that answers each request with the next text, and then not at all. */
function server(texts: string[]) {
  const open = vi.fn(async () => {
    const text = texts.shift();
    if (text === undefined) throw new TypeError("fetch failed");
    return new Response(text);
  });
  return { connection: { open } as unknown as Connection, open };
}

describe("following changes", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("tells what changed, and after a lost connection that anything may have", async () => {
    const { connection } = server([event([]) + event(["a"]), event([]) + event(["b", "c"])]);
    const stop = new AbortController();
    const told: (string[] | null)[] = [];
    const done = followChanges(connection, stop.signal, (threads) => told.push(threads));
    await vi.advanceTimersByTimeAsync(600);
    expect(told).toEqual([null, ["a"], null, ["b", "c"]]);
    stop.abort();
    await done;
  });

  it("asks a server that is away less and less often, and stops when it is told to", async () => {
    const { connection, open } = server([]);
    const stop = new AbortController();
    const done = followChanges(connection, stop.signal, () => undefined);
    await vi.advanceTimersByTimeAsync(3_600);
    expect(open).toHaveBeenCalledTimes(4);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(open.mock.calls.length).toBeLessThan(11);
    stop.abort();
    await done;
    const asked = open.mock.calls.length;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(open).toHaveBeenCalledTimes(asked);
  });
});

describe("what is read anew", () => {
  it("is the lists and the threads that changed, and none of the others", () => {
    const queries = new QueryClient();
    const keys = [
      ["interrupts", "inbox", "u"],
      ["threads", "list", "u", ""],
      ["threads", "one", "u", "a"],
      ["threads", "one", "u", "b"],
      ["runs", "of", "u", "a"],
    ];
    const stale = () => keys.map((key) => queries.getQueryState(key)?.isInvalidated);
    for (const key of keys) queries.setQueryData(key, {});
    readThreads(queries, "u", ["a"]);
    expect(stale()).toEqual([false, false, true, false, true]);
    readThreads(queries, "u", null);
    expect(stale()).toEqual([false, false, true, true, true]);
    void readLists(queries, "u");
    expect(stale()).toEqual([true, true, true, true, true]);
  });
});
