import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field, TextArea } from "@/components/field";
import { Empty, Loading, ProblemNotice } from "@/components/notice";

interface Suite {
  name: string;
  description: string;
}

interface Added {
  case: { id: string };
  suite: string;
  file: string;
}

const LATEST = "podium.suite";

/** Makes a case of an evaluation suite from a conversation. */
export function CaseDialog({ threadId, onClose }: { threadId: string; onClose: () => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const form = useId();
  const suites = useQuery({
    queryKey: ["evaluations", "suites", connection.url],
    queryFn: () => connection.call<{ suites: Suite[] }>("/evaluations/suites"),
  });
  const [suite, setSuite] = useState(() => localStorage.getItem(LATEST) ?? "");
  const [answer, setAnswer] = useState("");
  const names = (suites.data?.suites ?? []).map((one) => one.name);
  const chosen = names.includes(suite) ? suite : (names[0] ?? "");
  const described = suites.data?.suites.find((one) => one.name === chosen)?.description ?? "";
  const add = useMutation({
    mutationFn: () =>
      connection.call<Added>(`/evaluations/${encodeURIComponent(chosen)}/cases`, {
        method: "POST",
        body: { thread_id: threadId, ...(answer.trim() === "" ? {} : { answer: answer.trim() }) },
      }),
    onSuccess: (added) => {
      localStorage.setItem(LATEST, added.suite);
      announce(`Added to ${added.suite} as ${added.case.id}, in ${added.file}.`);
      void queries.invalidateQueries({ queryKey: ["evaluations"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate();
  };
  return (
    <Dialog
      title="Add this conversation to a suite"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" form={form} disabled={chosen === "" || add.isPending}>
            Add the case
          </Button>
        </>
      }
    >
      {suites.error !== null ? (
        <ProblemNotice error={suites.error} />
      ) : suites.data === undefined ? (
        <Loading />
      ) : suites.data.suites.length === 0 ? (
        <Empty title="This project has no suites">Add one under evals/ first.</Empty>
      ) : (
        <form id={form} onSubmit={submit}>
          <Field label="Suite" hint={described}>
            {(props) => (
              <select {...props} value={chosen} onChange={(event) => setSuite(event.target.value)}>
                {suites.data.suites.map((one) => (
                  <option key={one.name} value={one.name}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <TextArea
            label="What should be answered?"
            hint="Left empty, it is the correction that was given to the answer, or else what was answered."
            rows={3}
            value={answer}
            onText={setAnswer}
          />
          {add.error === null ? null : <ProblemNotice error={add.error} />}
        </form>
      )}
    </Dialog>
  );
}
