import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { makeBell } from "@/lib/bell";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("works once for many rings", async () => {
  const work = vi.fn(async () => undefined);
  const bell = makeBell(work, 100);
  for (let count = 0; count < 50; count += 1) bell.ring();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(work).toHaveBeenCalledTimes(1);
});

it("works again for what rang meanwhile, and never twice at a time", async () => {
  let running = 0;
  let most = 0;
  const work = vi.fn(async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 500));
    running -= 1;
  });
  const bell = makeBell(work, 100);
  bell.ring();
  await vi.advanceTimersByTimeAsync(200);
  bell.ring();
  bell.ring();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(work).toHaveBeenCalledTimes(2);
  expect(most).toBe(1);
});

it("goes on after work that failed, and ends when it is stopped", async () => {
  const work = vi.fn(async () => {
    throw new Error("no");
  });
  const bell = makeBell(work, 100);
  bell.ring();
  await vi.advanceTimersByTimeAsync(200);
  bell.ring();
  await vi.advanceTimersByTimeAsync(200);
  expect(work).toHaveBeenCalledTimes(2);
  bell.ring();
  bell.stop();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(work).toHaveBeenCalledTimes(2);
});
