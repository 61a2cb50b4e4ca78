import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { type ModelProvider, useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { ProblemNotice } from "@/components/notice";

interface Stored {
  effective: "now" | "reload" | "restart";
  message: string;
}

interface KeyDialogProps {
  provider: ModelProvider;
  /** In dev the model may be chosen too, which the server writes into podium.toml. */
  dev: boolean;
  onClose: () => void;
}

/** Stores the key of a provider on the server, and names the model that is to answer. */
export function KeyDialog({ provider, dev, onClose }: KeyDialogProps) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const form = useId();
  const [key, setKey] = useState("");
  const [model, setModel] = useState(provider.models[0] ?? "");
  const store = useMutation({
    mutationFn: () =>
      connection.call<Stored>("/models/key", {
        method: "PUT",
        body: {
          provider: provider.provider,
          key: key.trim(),
          model: dev && model.trim() !== "" ? model.trim() : null,
        },
      }),
    onSuccess: (stored) => {
      announce(stored.message);
      void queries.invalidateQueries({ queryKey: ["me"] });
      onClose();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    store.mutate();
  };
  return (
    <Dialog
      title={`The key of ${provider.provider}`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" form={form} disabled={store.isPending}>
            Store the key
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <TextField
          label="Key"
          hint="Kept in a file of the project that only you can read. It is never shown again."
          type="password"
          autoComplete="off"
          required
          value={key}
          onText={setKey}
        />
        {dev ? (
          <TextField
            label="Model"
            hint={`Written into podium.toml, such as ${provider.provider}:NAME. Leave it empty to keep what is there.`}
            value={model}
            onText={setModel}
          />
        ) : null}
        {store.error === null ? null : <ProblemNotice error={store.error} />}
      </form>
    </Dialog>
  );
}
