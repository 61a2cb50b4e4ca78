import { useMemo, useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { Dialog } from "@/components/dialog";
import { TextField } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import { SchemaForm } from "@/components/schema_form";
import { newId } from "@/lib/ids";
import { useView } from "@/lib/view";
import { useDeed } from "./queries";
import { schemaOf } from "./schema_of";
import type { Trigger } from "./types";

/** Sends an event to a trigger by hand. */
export function SendDialog({ trigger, onClose }: { trigger: Trigger; onClose: () => void }) {
  const announce = useAnnounce();
  const { change } = useView();
  const [id, setId] = useState(() => `by-hand-${newId().slice(0, 8)}`);
  const schema = useMemo(() => schemaOf(trigger.settings), [trigger.settings]);
  const send = useDeed(trigger.name, (told) => {
    const known = "duplicate" in told && told.duplicate === true;
    announce(known ? `${id} was known already.` : `${id} is taken.`);
    change({ view: null, status: null });
    onClose();
  });
  return (
    <Dialog title={`Send an event to ${trigger.name}`} onClose={onClose}>
      <div className="stack">
        <TextField
          label="Event's id"
          hint="The same id again is the same event: it is carried out once."
          value={id}
          maxLength={200}
          onText={(text) => setId(text.trim())}
        />
        {send.error === null ? null : <ProblemNotice error={send.error} />}
        <SchemaForm
          schema={schema}
          value={Object.keys(schema).length === 0 ? {} : undefined}
          submitLabel="Send"
          disabled={send.isPending || id === ""}
          onSubmit={(data) => send.mutate({ do: "send", id, data })}
        />
      </div>
    </Dialog>
  );
}
