import type { ThreadState } from "@langchain/langgraph-sdk";
import type { Connection } from "@/api/connection";
import { asProblem } from "@/api/problem";
import { mergeSteps, type Step, stepOfState, stepOfTold, type ToldStep } from "./step";

/** The checkpoints of a thread as far as they are loaded. */
export interface LoadedSteps {
  /** Oldest first. */
  steps: Step[];
  /** The checkpoint that the thread stands at. */
  head: string | null;
  /** Whether older ones are left out, which only happens on servers that tell whole states. */
  more: boolean;
  /** The seq to go on after, on Podium; null on other servers. */
  after: number | null;
}

const PAGE = 1_000;
/** States hold everything, so that fewer are asked for at a time. */
const STATES = 100;
/** How many of the latest checkpoints are asked for again, since what runs from them may have gone on. */
const AGAIN = 4;

interface ToldSteps {
  steps: ToldStep[];
  next: number | null;
  head: string | null;
}

async function podiumSteps(
  connection: Connection,
  threadId: string,
  ns: string,
  known: LoadedSteps | undefined,
): Promise<LoadedSteps> {
  let { steps, after } = known?.after ? known : { steps: [] as Step[], after: null };
  for (;;) {
    const page = await connection.call<ToldSteps>(`/threads/${encodeURIComponent(threadId)}/steps`, {
      query: { limit: PAGE, after, ns },
    });
    steps = mergeSteps(steps, page.steps.map(stepOfTold));
    const last = page.steps.at(-1 - AGAIN) ?? null;
    if (page.next === null) return { steps, head: page.head, more: false, after: last?.seq ?? after };
    after = page.next;
  }
}

/** The states of a thread from the newest back until a known one or a count is reached. */
async function stockSteps(
  connection: Connection,
  threadId: string,
  ns: string,
  known: LoadedSteps | undefined,
  wanted: number,
): Promise<LoadedSteps> {
  const ids = new Set(known?.steps.slice(0, -AGAIN).map((step) => step.id));
  const fresh: Step[] = [];
  let head: string | null = null;
  let before: string | null = null;
  for (;;) {
    const page: ThreadState[] = await connection.client.threads.getHistory(threadId, {
      limit: Math.min(STATES, wanted),
      ...(ns === "" ? {} : { checkpoint: { checkpoint_ns: ns } }),
      ...(before === null ? {} : { before: { configurable: { checkpoint_id: before } } }),
    });
    const steps = page.map(stepOfState);
    head ??= steps[0]?.id ?? null;
    fresh.push(...steps.filter((step) => !ids.has(step.id)));
    before = steps.at(-1)?.id ?? null;
    if (known !== undefined && steps.some((step) => ids.has(step.id))) {
      return { ...known, head, steps: mergeSteps(known.steps, fresh.reverse()) };
    }
    const all = page.length < Math.min(STATES, wanted) || before === null;
    if (all || fresh.length >= wanted) return { steps: fresh.reverse(), head, more: !all, after: null };
  }
}

/** Loads the checkpoints of a thread, or those that are new since `known`. */
export async function loadSteps(
  connection: Connection,
  {
    threadId,
    ns = "",
    known,
    wanted = STATES,
  }: {
    threadId: string;
    ns?: string;
    known?: LoadedSteps;
    wanted?: number;
  },
  isPodium: boolean,
): Promise<LoadedSteps> {
  if (!isPodium) return stockSteps(connection, threadId, ns, known, wanted);
  try {
    return await podiumSteps(connection, threadId, ns, known);
  } catch (error) {
    if (asProblem(error).status !== 404) throw error;
    return stockSteps(connection, threadId, ns, known, wanted);
  }
}
