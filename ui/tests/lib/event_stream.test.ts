import { describe, expect, it } from "vitest";
import { readEvents } from "@/lib/event_stream";

function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

async function all(text: string, size: number) {
  const found = [];
  for await (const event of readEvents(streamOf(text, size))) found.push(event);
  return found;
}

const TOLD =
  'event: progress\ndata: {"done": 1, "source": "grün.md"}\n\n: a comment\n\nevent: report\ndata: {"added":1}\n\n';

describe("a stream of events", () => {
  it.each([1, 3, 7, 1_000])("is read whole however it is cut (%i bytes)", async (size) => {
    expect(await all(TOLD, size)).toEqual([
      { event: "progress", data: { done: 1, source: "grün.md" } },
      { event: "report", data: { added: 1 } },
    ]);
  });

  it("keeps a last event that has no blank line after it", async () => {
    expect(await all('data: "end"', 4)).toEqual([{ event: "message", data: "end" }]);
  });
});
