import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Backoff } from "@/lib/backoff";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How long a pause takes. */
async function lengthOf(backoff: Backoff): Promise<number> {
  const began = Date.now();
  const paused = backoff.pause();
  await vi.runAllTimersAsync();
  await paused;
  return Date.now() - began;
}

test("pauses grow up to the longest, begin anew after a success, and are the longest where haste is in vain", async () => {
  const backoff = new Backoff(100, 300, new AbortController().signal);
  expect([await lengthOf(backoff), await lengthOf(backoff)]).toEqual([100, 200]);
  expect([await lengthOf(backoff), await lengthOf(backoff)]).toEqual([300, 300]);
  backoff.reset();
  expect(await lengthOf(backoff)).toBe(100);
  backoff.slow();
  expect(await lengthOf(backoff)).toBe(300);
});

test("a pause ends when nobody wants it any more, and none begins after", async () => {
  const control = new AbortController();
  const backoff = new Backoff(60_000, 60_000, control.signal);
  const paused = backoff.pause();
  control.abort();
  await paused;
  await backoff.pause();
  expect(vi.getTimerCount()).toBe(0);
});

test("pauses that are over leave nothing on their signal", async () => {
  const { signal } = new AbortController();
  const [added, removed] = [vi.spyOn(signal, "addEventListener"), vi.spyOn(signal, "removeEventListener")];
  await lengthOf(new Backoff(100, 100, signal));
  expect(removed).toHaveBeenCalledTimes(added.mock.calls.length);
});
