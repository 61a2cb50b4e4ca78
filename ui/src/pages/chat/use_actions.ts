import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useConnection } from "@/api/session";
import { newId } from "@/lib/ids";
import { addRun } from "./queries";
import type { Run } from "./types";
import { ANY_MODES, OWN_MODES } from "./use_live";

/** What is to be run, and from where. */
export interface Ask {
  /** What is said; or null to go on from a checkpoint without saying anything. */
  text?: string | null;
  /** In place of words: the input of a graph that is no chat. */
  input?: Record<string, unknown>;
  /** Answers interrupts. */
  resume?: unknown;
  checkpointId?: string | null;
}

/** Who is talked to. */
export interface Subject {
  assistantId: string | null;
  graphId: string | null;
  /** Whether it is the project's own graph, of Podium's nodes. */
  own: boolean;
}

interface ActionOptions {
  threadId: string | null;
  subject: Subject;
  active: Run | null;
  reload: () => Promise<void>;
  onStarted: (threadId: string) => void;
  /** Called when what was asked went on from another version, which is the latest then. */
  onMoved: (() => void) | null;
}

/** What may be done in a conversation. */
export function useActions({ threadId, subject, active, reload, onStarted, onMoved }: ActionOptions) {
  const { client, url } = useConnection();
  const queries = useQueryClient();
  const { assistantId, graphId, own } = subject;
  const send = useMutation({
    mutationFn: async (said: Ask) => {
      const into = threadId ?? newId();
      if (threadId === null) {
        const title = own ? {} : { title: titleOf(said) || graphId };
        const metadata = { ...title, assistant_id: assistantId ?? "" };
        await client.threads.create({ threadId: into, metadata, ...(graphId === null ? {} : { graphId }) });
      }
      const run = await client.runs.create(into, assistantId ?? "", {
        input: inputOf(said),
        multitaskStrategy: "enqueue",
        streamMode: own ? OWN_MODES : ANY_MODES,
        streamSubgraphs: !own,
        streamResumable: true,
        ...(said.resume === undefined ? {} : { command: { resume: said.resume } }),
        ...(said.checkpointId ? { checkpointId: said.checkpointId } : {}),
      });
      addRun(queries, url, run as Run);
      return into;
    },
    onSuccess: (into) => {
      void queries.invalidateQueries({ queryKey: ["threads", "list"] });
      if (threadId === null) onStarted(into);
      else onMoved?.();
    },
  });
  const { mutateAsync } = send;
  const ask = useCallback(async (said: Ask) => void (await mutateAsync(said)), [mutateAsync]);
  const takeBack = useCallback(
    async (run: Run) => {
      await client.runs.cancel(run.thread_id, run.run_id, false, "interrupt").catch(ignoreEnded);
      await reload();
    },
    [client, reload],
  );
  const stop = useCallback(async () => {
    if (active !== null) await takeBack(active);
  }, [active, takeBack]);
  return { ask, asking: send.isPending, askError: send.error, stop, takeBack, reload };
}

/** The first words of what is asked. */
function titleOf({ text, input }: Ask): string {
  const words =
    text ??
    Object.values(input ?? {})
      .filter((value) => typeof value === "string")
      .join(", ");
  return words.trim().slice(0, 80);
}

function inputOf({ text, input }: Ask): Record<string, unknown> | null {
  if (input !== undefined) return input;
  if (text === undefined || text === null) return null;
  return { messages: [{ type: "human", id: newId(), content: text }] };
}

const ignoreEnded = () => undefined;
