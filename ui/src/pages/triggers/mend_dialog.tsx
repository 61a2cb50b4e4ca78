import { useMemo } from "react";
import { useAnnounce } from "@/components/announcer";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import { SchemaForm } from "@/components/schema_form";
import { useDeed } from "./queries";
import { schemaOf } from "./schema_of";
import type { Firing, Trigger } from "./types";

interface MendDialogProps {
  trigger: Trigger;
  letter: Firing;
  onClose: () => void;
}

/** Lets a dead letter say something else, and carries it out anew. */
export function MendDialog({ trigger, letter, onClose }: MendDialogProps) {
  const announce = useAnnounce();
  const schema = useMemo(
    () => schemaOf(trigger.settings, letter.version),
    [trigger.settings, letter.version],
  );
  const replay = useDeed(trigger.name, () => {
    announce(`${letter.event_id} is carried out again, mended.`);
    onClose();
  });
  return (
    <Dialog title={`Mend ${letter.event_id}`} onClose={onClose}>
      <div className="stack">
        <p className="muted">What the event says from now on. It begins anew, in a thread of its own.</p>
        {replay.error === null ? null : <ProblemNotice error={replay.error} />}
        <SchemaForm
          schema={schema}
          value={letter.event.data}
          submitLabel="Replay it mended"
          disabled={replay.isPending}
          onSubmit={(data) => replay.mutate({ do: "replay", id: letter.event_id, data })}
        />
      </div>
    </Dialog>
  );
}
