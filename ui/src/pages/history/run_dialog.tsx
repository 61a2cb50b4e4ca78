import type { ThreadState } from "@langchain/langgraph-sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { useSession } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextArea } from "@/components/field";
import { Notice, ProblemNotice } from "@/components/notice";
import type { ThreadInfo } from "@/steps/thread";
import { useWorld, type World } from "@/steps/world";
import styles from "./history.module.css";

type Where = "here" | "copy";

const WORLDS: Record<World, Record<Where, string>> = {
  governed: {
    here: "What was already carried out is not carried out again. New actions wait for approval as always.",
    copy: "Nothing outside is changed: actions are only simulated in the copy.",
  },
  unguarded: {
    here: "This graph acts by itself: whatever its nodes do outside, such as sending or booking, they do again.",
    copy: "This graph acts by itself, in a copy too: whatever its nodes do outside, they do again.",
  },
};

/** What a run that begins after the last step is given: a message where the graph takes them, or JSON. */
export function inputOf(text: string, takesMessages: boolean): unknown {
  return takesMessages ? { messages: [{ role: "user", content: text }] } : JSON.parse(text);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface RunDialogProps {
  state: ThreadState;
  thread: ThreadInfo;
  onClose: () => void;
}

function useRunFrom({ state, thread, onClose }: RunDialogProps) {
  const { connection } = useSession();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: async ({ where, input }: { where: Where; input: unknown }) => {
      const { threads, runs } = connection.client;
      const id =
        where === "copy"
          ? ((await threads.copy(thread.threadId)) as unknown as { thread_id: string }).thread_id
          : thread.threadId;
      const assistant = thread.assistantId ?? thread.graphId ?? "";
      await runs.create(id, assistant, {
        input: input as Record<string, unknown> | null,
        checkpointId: state.checkpoint.checkpoint_id ?? "",
        streamMode: ["values", "updates", "messages-tuple", "custom"],
        streamSubgraphs: true,
        multitaskStrategy: "enqueue",
      });
      return id;
    },
    onSuccess: async (id) => {
      await queries.invalidateQueries({ queryKey: ["threads", id] });
      announce("A branch runs from this step.");
      onClose();
      if (id !== thread.threadId) await navigate(`/threads/${id}/history`);
    },
  });
}

/** Asks how to go on from a checkpoint, and says what that does to the outside world. */
export function RunDialog(props: RunDialogProps) {
  const { state, thread, onClose } = props;
  const world = useWorld(thread.graphId);
  const { isPodium } = useSession();
  const [where, setWhere] = useState<Where>("here");
  const [text, setText] = useState("");
  const run = useRunFrom(props);
  const atEnd = state.next.length === 0;
  const takesMessages = Array.isArray((state.values as Record<string, unknown> | null)?.messages);
  const ready = !atEnd || (takesMessages ? text.trim() !== "" : isJson(text));
  const start = () => run.mutate({ where, input: atEnd ? inputOf(text, takesMessages) : null });
  return (
    <Dialog
      title="Run from here"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" disabled={!ready || run.isPending} onClick={start}>
            Run
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        {atEnd ? (
          <TextArea
            label={takesMessages ? "What to say" : "Input as JSON"}
            hint="Nothing was left to do at this step, so a run from here begins with something new."
            rows={3}
            value={text}
            onText={setText}
          />
        ) : (
          <p>
            It goes on with <strong>{state.next.join(", ")}</strong>. What is there now stays as a branch of
            its own.
          </p>
        )}
        {isPodium && world === "governed" ? (
          <fieldset className={styles.choices}>
            <legend>Where</legend>
            <label>
              <input type="radio" name="where" checked={where === "here"} onChange={() => setWhere("here")} />{" "}
              As a new branch of this thread
            </label>
            <label>
              <input type="radio" name="where" checked={where === "copy"} onChange={() => setWhere("copy")} />{" "}
              In a copy that only simulates
            </label>
          </fieldset>
        ) : null}
        <Notice tone={world === "governed" ? "info" : "warn"}>{WORLDS[world][where]}</Notice>
        {run.error === null ? null : <ProblemNotice error={run.error} />}
      </div>
    </Dialog>
  );
}
