import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Field } from "@/components/field";
import { focusFirst } from "@/lib/focus";

interface ReasonDialogProps {
  title: string;
  label: string;
  hint: string;
  send: string;
  /** Whether nothing may be sent without words. */
  needed?: boolean;
  danger?: boolean;
  busy: boolean;
  onSend: (words: string) => void;
  onClose: () => void;
}

/** Asks for words that go with a decision. */
export function ReasonDialog(props: ReasonDialogProps) {
  const { title, label, hint, send, needed, danger, busy, onSend, onClose } = props;
  const [words, setWords] = useState("");
  const missing = needed && words.trim() === "";
  return (
    <Dialog
      title={title}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            look={danger ? "danger" : "main"}
            disabled={busy || missing}
            onClick={() => onSend(words.trim())}
          >
            {send}
          </Button>
        </>
      }
    >
      <Field label={label} hint={hint}>
        {(control) => (
          <textarea
            {...control}
            ref={focusFirst}
            rows={4}
            dir="auto"
            value={words}
            onChange={(event) => setWords(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !missing && !busy)
                onSend(words.trim());
            }}
          />
        )}
      </Field>
    </Dialog>
  );
}
