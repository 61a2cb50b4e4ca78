import type { ThreadState } from "@langchain/langgraph-sdk";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field, TextArea } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { nodeNames, useGraph } from "@/steps/graph";
import { asText } from "@/steps/state_diff";
import type { ThreadInfo } from "@/steps/thread";
import styles from "./history.module.css";

/** Why a text is no value for a key; undefined when it is one. */
export function wrongJson(text: string): string | undefined {
  try {
    JSON.parse(text);
    return undefined;
  } catch (error) {
    return `This is not JSON yet: ${(error as Error).message}`;
  }
}

interface EditDialogProps {
  state: ThreadState;
  thread: ThreadInfo;
  /** Who wrote the state, as whom it is edited unless another is chosen. */
  writer: string | undefined;
  /** A key that it wrote, which is offered first. */
  wrote: string | undefined;
  onClose: () => void;
  onEdited: (checkpointId: string) => void;
}

function useEdit({ state, thread, onClose, onEdited }: EditDialogProps) {
  const { client } = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: ({ key, text, node }: { key: string; text: string; node: string }) =>
      client.threads.updateState(thread.threadId, {
        values: { [key]: JSON.parse(text) as unknown },
        asNode: node,
        checkpointId: state.checkpoint.checkpoint_id ?? undefined,
      }),
    onSuccess: async (told) => {
      await queries.invalidateQueries({ queryKey: ["threads", thread.threadId] });
      const made = told as { checkpoint_id?: string; configurable?: { checkpoint_id?: string | null } };
      announce("The state was edited. It is a branch of its own.");
      onEdited(made.configurable?.checkpoint_id ?? made.checkpoint_id ?? "");
      onClose();
    },
  });
}

/** Changes one key of a state as if a node had written it; what was there stays. */
export function EditDialog(props: EditDialogProps) {
  const { state, thread, writer, wrote, onClose } = props;
  const values = (state.values ?? {}) as Record<string, unknown>;
  const keys = Object.keys(values);
  const nodes = nodeNames(useGraph(thread.assistantId ?? thread.graphId).data);
  const [key, setKey] = useState(wrote !== undefined && wrote in values ? wrote : (keys[0] ?? ""));
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [node, setNode] = useState(writer ?? "");
  const edit = useEdit(props);
  const valueText = (name: string) => texts[name] ?? JSON.stringify(values[name] ?? null, null, 2);
  const chosen = node === "" ? (nodes[0] ?? "") : node;
  const wrong = wrongJson(valueText(key));
  return (
    <Dialog
      title="Edit the state"
      wide
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look="main"
            disabled={wrong !== undefined || key === "" || chosen === "" || edit.isPending}
            onClick={() => edit.mutate({ key, text: valueText(key), node: chosen })}
          >
            Save as a new branch
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <p>
          Nothing runs yet, and nothing outside is changed. What is there now stays as a branch of its own.
        </p>
        <Field label="Key">
          {(field) => (
            <select {...field} value={key} onChange={(event) => setKey(event.target.value)}>
              {keys.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <Field
          label="As if written by"
          hint="What follows this node runs next. The graph's own rule for the key counts: some lists are added to, not replaced."
        >
          {(field) => (
            <select {...field} value={chosen} onChange={(event) => setNode(event.target.value)}>
              {nodes.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          )}
        </Field>
        <TextArea
          label={`New value of ${key}, as JSON`}
          error={wrong}
          className="mono"
          rows={12}
          spellCheck={false}
          value={valueText(key)}
          onText={(text) => setTexts({ ...texts, [key]: text })}
        />
        {texts[key] === undefined ? null : <p className="quiet">Was: {asText(values[key]).slice(0, 200)}</p>}
        {edit.error === null ? null : <ProblemNotice error={edit.error} />}
      </div>
    </Dialog>
  );
}
