import { money, percent } from "@/lib/numbers";
import { duration } from "@/lib/times";
import type { Figures, Objective } from "./types";

interface ObjectiveWords {
  name: string;
  /** What is aimed at, with the figure. */
  aim: (target: string) => string;
  told: (value: number) => string;
  of: string;
}

const OBJECTIVES: Record<string, ObjectiveWords> = {
  latency_p95: {
    name: "Latency",
    aim: (target) => `95 of 100 runs end within ${target}`,
    told: duration,
    of: "runs",
  },
  success: {
    name: "Success",
    aim: (target) => `${target} of the runs end without an error`,
    told: (value) => percent(value, 1),
    of: "runs",
  },
  escalation: {
    name: "Escalation",
    aim: (target) => `at most ${target} of the runs go to a person`,
    told: (value) => percent(value, 1),
    of: "runs",
  },
  override: {
    name: "Override",
    aim: (target) => `people change or reject at most ${target} of what is proposed`,
    told: (value) => percent(value, 1),
    of: "decisions",
  },
  cost_per_success: {
    name: "Cost per success",
    aim: (target) => `a run that ends well costs at most ${target}`,
    told: money,
    of: "successes",
  },
};

/** An objective of podium.toml in words. */
export function objectiveWords({ name, target, value, of }: Objective) {
  const words = OBJECTIVES[name] ?? { name, aim: (told: string) => told, told: String, of: "" };
  return {
    name: words.name,
    aim: words.aim(words.told(target)),
    value: value === null ? "nothing to measure yet" : words.told(value),
    of: `${of} ${words.of}`.trim(),
  };
}

/** What podium.toml aims at under a name; null where it says nothing, or may not be told. */
export function targetOf(objectives: Figures["objectives"], name: string): number | null {
  return objectives?.measured.find((one) => one.name === name)?.target ?? null;
}

/** What is left of an error budget: "80 % left", "overdrawn 32 times". */
export function budgetWords(left: number): string {
  if (left >= 0) return `${percent(left)} left`;
  return left <= -1 ? `overdrawn ${Math.round(-left)} times` : `overdrawn by ${percent(-left)}`;
}

/** When a part of the time began, as short as its width allows. */
export function bucketLabel(at: string, seconds: number): string {
  const date = new Date(at);
  const options: Intl.DateTimeFormatOptions =
    seconds < 3_600 * 3
      ? { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
      : seconds < 86_400
        ? { weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }
        : { day: "numeric", month: "short" };
  return new Intl.DateTimeFormat("en-GB", options).format(date);
}

const COUNTS: Record<string, number> = { "1h": 12, "24h": 24, "7d": 28, "30d": 30 };

/** Into how many parts a range is cut. */
export const bucketsOf = (range: string): number => COUNTS[range] ?? 24;
