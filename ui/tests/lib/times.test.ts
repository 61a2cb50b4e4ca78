import { expect, test } from "vitest";
import { duration, relativeTime } from "@/lib/times";

const EVENING = new Date(2026, 10, 21, 20, 0).getTime();
const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 30).toISOString();

test("days are those of the calendar, not of so many hours", () => {
  expect(relativeTime(at(23, 6), EVENING)).toBe("in 2 days");
  expect(relativeTime(at(22, 21), EVENING)).toBe("tomorrow");
  expect(relativeTime(at(20, 8), EVENING)).toBe("yesterday");
  expect(relativeTime(at(19, 23), EVENING)).toBe("2 days ago");
  expect(relativeTime(at(21, 23), EVENING)).toBe("in 4 hours");
});

test("a part of a duration is never a whole one of the next unit", () => {
  expect(duration(0.34)).toBe("340 ms");
  expect(duration(59.97)).toBe("1 min 0 s");
  expect(duration(119.6)).toBe("2 min 0 s");
  expect(duration(3_599.8)).toBe("1 h 0 min");
  expect(duration(7_199)).toBe("2 h 0 min");
});
