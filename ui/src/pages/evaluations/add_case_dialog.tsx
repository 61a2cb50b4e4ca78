import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field, TextArea, TextField } from "@/components/field";
import { ProblemNotice } from "@/components/notice";

interface Thread {
  thread_id: string;
  title: string;
}

interface Added {
  case: { id: string };
  file: string;
  in_suite: boolean;
  hint?: string;
}

const SHOWN = 100;

/** Makes a case of a suite out of a thread: what was asked, and what is right. */
export function AddCaseDialog({ suite, onClose }: { suite: string; onClose: () => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const [thread, setThread] = useState("");
  const [answer, setAnswer] = useState("");
  const [id, setId] = useState("");
  const threads = useQuery({
    queryKey: ["threads", "choice", connection.url],
    queryFn: ({ signal }) =>
      connection.call<{ threads: Thread[] }>("/threads", { query: { limit: SHOWN }, signal }),
  });
  const adding = useMutation({
    mutationFn: () =>
      connection.call<Added>(`/evaluations/${encodeURIComponent(suite)}/cases`, {
        method: "POST",
        body: { thread_id: thread, case_id: id.trim(), answer: answer.trim() || null },
      }),
    onSuccess: (told) => {
      void queries.invalidateQueries({ queryKey: ["evaluations"] });
      announce(
        told.in_suite
          ? `${suite} has one more case: ${told.case.id}.`
          : `${told.case.id} is in ${told.file}. ${told.hint ?? ""}`,
      );
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    adding.mutate();
  };
  const problem = adding.error ?? threads.error;
  return (
    <Dialog title={`Add a case to ${suite}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label="Thread" hint="What was asked in it becomes the case.">
          {(props) => (
            <select {...props} required value={thread} onChange={(event) => setThread(event.target.value)}>
              <option value="">Choose one</option>
              {(threads.data?.threads ?? []).map((one) => (
                <option key={one.thread_id} value={one.thread_id}>
                  {one.title || one.thread_id}
                </option>
              ))}
            </select>
          )}
        </Field>
        <TextArea
          label="The right answer"
          hint="Empty for what was corrected in the thread, or else for the answer that was given."
          rows={3}
          value={answer}
          onText={setAnswer}
        />
        <TextField label="Id" hint="Empty for one of its own." value={id} maxLength={100} onText={setId} />
        {problem === null ? null : <ProblemNotice error={problem} />}
        <Button type="submit" look="main" disabled={adding.isPending || thread === ""}>
          Add it
        </Button>
      </form>
    </Dialog>
  );
}
