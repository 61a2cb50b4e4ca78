import { type FormEvent, useId, useState } from "react";
import type { ModelProvider } from "@/api/session";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { Notice, ProblemNotice } from "@/components/notice";
import { modelOf, useSetUp } from "./set_up";

interface KeyDialogProps {
  provider: ModelProvider;
  /** In dev the model may be chosen too, which the server writes into podium.toml. */
  dev: boolean;
  /** Whether no model is named yet, so that a key alone would change nothing. */
  offline: boolean;
  onClose: () => void;
}

/** Stores the key of a provider on the server, and names the model that is to answer. */
export function KeyDialog({ provider, dev, offline, onClose }: KeyDialogProps) {
  const form = useId();
  const [key, setKey] = useState("");
  const [model, setModel] = useState(provider.models[0] ?? "");
  const store = useSetUp(onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const named = dev ? modelOf(provider.provider, model) : null;
    const body = { provider: provider.provider, key: key.trim(), model: named };
    store.mutate({ path: "/models/key", method: "PUT", body });
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
            hint={`Its name as ${provider.provider} has it. ${offline ? "It answers from then on; podium.toml names it." : "Leave it empty to keep what answers now."}`}
            required={offline}
            value={model}
            onText={setModel}
          />
        ) : offline ? (
          <Notice>
            A key alone changes nothing yet: also write <code>{`default = "${provider.provider}:NAME"`}</code>{" "}
            under <code>[models]</code> in <code>podium.toml</code>, and start the server again.
          </Notice>
        ) : null}
        <p className="quiet">
          Whether the provider takes the key shows with the first question; until it does, the offline agents
          answer and say why.
        </p>
        {store.error === null ? null : <ProblemNotice error={store.error} />}
      </form>
    </Dialog>
  );
}
