import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useNavigate } from "react-router";
import { useConnection } from "@/api/session";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { runAddress } from "./figures";
import { progressKey } from "./queries";
import type { RunProgress, Suite } from "./types";

/** Begins a run of a suite and goes to its page, which shows how far it is. */
export function RunSuiteDialog({ suite, onClose }: { suite: Suite; onClose: () => void }) {
  const connection = useConnection();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [limit, setLimit] = useState("20");
  const beginning = useMutation({
    mutationFn: () =>
      connection.call<RunProgress>(`/evaluations/suites/${encodeURIComponent(suite.name)}/runs`, {
        method: "POST",
        body: { limit: limit === "" ? null : Number(limit), tags: [] },
      }),
    onSuccess: (told) => {
      queries.setQueryData(progressKey(connection.url, told.name), told);
      void queries.invalidateQueries({ queryKey: ["evaluations"] });
      onClose();
      void navigate(runAddress(told.name));
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    beginning.mutate();
  };
  return (
    <Dialog title={`Run ${suite.name}`} onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <Field label="Cases at most" hint="The first ones of the suite; empty for all of them.">
          {(props) => (
            <input
              {...props}
              type="number"
              min={1}
              value={limit}
              disabled={beginning.isPending}
              onChange={(event) => setLimit(event.target.value)}
            />
          )}
        </Field>
        {beginning.error === null ? null : <ProblemNotice error={beginning.error} />}
        <Button type="submit" look="main" disabled={beginning.isPending}>
          {beginning.isPending ? "Checking the suite…" : "Run it"}
        </Button>
      </form>
    </Dialog>
  );
}
