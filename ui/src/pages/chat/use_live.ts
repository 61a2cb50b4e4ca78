import type { StreamMode } from "@langchain/langgraph-sdk";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, useSyncExternalStore } from "react";
import { useConnection } from "@/api/session";
import { follow } from "./follow";
import { LiveRun, type LiveState } from "./live";
import { refresh } from "./queries";
import type { Run } from "./types";

/** What a run of the project's own graph tells, and what one of any other. */
export const OWN_MODES: StreamMode[] = ["updates", "custom", "messages-tuple"];
export const ANY_MODES: StreamMode[] = ["values", "updates", "custom", "messages-tuple", "tasks"];

interface Followed {
  threadId: string;
  runId: string;
  since: number;
}

/** The server's clock may be ahead of ours, but nothing was asked for later than now. */
const followedOf = (threadId: string, { run_id: runId, created_at: at }: Run): Followed => ({
  threadId,
  runId,
  since: Math.min(Date.parse(at) || Date.now(), Date.now()),
});

const never = () => () => undefined;
const nothing = () => null;

/**
 * Follows a run of a thread until it has ended and its outcome has been read. While it follows one, another one
 * waits for its turn.
 */
export function useLive(threadId: string | null, run: Run | null): LiveState | null {
  const { client, url } = useConnection();
  const queries = useQueryClient();
  const [followed, setFollowed] = useState<Followed | null>(null);
  const [live, setLive] = useState<LiveRun | null>(null);
  const isOther = followed !== null && followed.threadId !== threadId;
  if (threadId !== null && run !== null && (followed === null || isOther))
    setFollowed(followedOf(threadId, run));
  else if (isOther) setFollowed(null);
  useEffect(() => {
    if (followed === null) return undefined;
    const abort = new AbortController();
    const run = new LiveRun(followed.runId, followed.since);
    setLive(run);
    const go = async () => {
      await follow(client, followed.threadId, run, abort.signal);
      if (abort.signal.aborted) return;
      await refresh(queries, url, followed.threadId);
      if (abort.signal.aborted) return;
      setFollowed(null);
      setLive(null);
    };
    void go();
    return () => {
      abort.abort();
      setLive(null);
    };
  }, [followed, client, url, queries]);
  return useSyncExternalStore(live?.subscribe ?? never, live?.snapshot ?? nothing);
}
