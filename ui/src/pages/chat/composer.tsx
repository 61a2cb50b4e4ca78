import { ArrowUp, Paperclip, Square } from "lucide-react";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import styles from "./composer.module.css";
import { MAY_NOT_ASK, whyNotAsk } from "./words";

interface ComposerProps {
  /** Kept for each thread while the page is open. */
  draftKey: string;
  /** Whether the first message begins a thread, so that a second one has to wait for it. */
  begins: boolean;
  busy: boolean;
  mayRun: boolean;
  placeholder: string;
  field: RefObject<HTMLTextAreaElement | null>;
  onSend: (text: string) => Promise<void>;
  onStop: () => void;
  /** Chooses files for the knowledge base; without it none may be added. */
  onAttach?: () => void;
}

const DRAFTS = "podium.draft:";
const TALLEST = 240;

/** Where one writes: Enter sends, Shift and Enter begin a new line, Escape stops what is at work. */
export function Composer({
  draftKey,
  begins,
  busy,
  mayRun,
  placeholder,
  field,
  onSend,
  onStop,
  onAttach,
}: ComposerProps) {
  const [text, setText] = useState(() => sessionStorage.getItem(DRAFTS + draftKey) ?? "");
  const sent = useRef<Promise<void>>(Promise.resolve());
  const begun = useRef(false);
  useEffect(() => {
    if (text === "") sessionStorage.removeItem(DRAFTS + draftKey);
    else if (text.length < 100_000) sessionStorage.setItem(DRAFTS + draftKey, text);
  }, [text, draftKey]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows the text.
  useLayoutEffect(() => {
    const element = field.current;
    if (element === null) return;
    element.style.height = "auto";
    element.style.height = `${Math.min(element.scrollHeight + 2, TALLEST)}px`;
  }, [text, field]);
  const send = () => {
    const said = text.trim();
    if (said === "" || !mayRun || (begins && begun.current)) return;
    begun.current = true;
    setText("");
    const tell = async () => {
      try {
        await onSend(said);
      } catch {
        begun.current = false;
        setText((now) => (now === "" ? said : now));
      }
    };
    sent.current = sent.current.then(tell);
  };
  return (
    <form
      className={styles.composer}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {onAttach === undefined ? null : (
        <Button look="quiet" label="Add files to the knowledge base" onClick={onAttach}>
          <Paperclip size={18} aria-hidden />
        </Button>
      )}
      <textarea
        ref={field}
        aria-label="Message"
        aria-keyshortcuts="/"
        rows={1}
        dir="auto"
        placeholder={mayRun ? placeholder : MAY_NOT_ASK}
        disabled={!mayRun}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
            event.preventDefault();
            send();
          } else if (event.key === "Escape" && busy) {
            event.preventDefault();
            onStop();
          }
        }}
      />
      {busy ? (
        <Button label="Stop" look="danger" onClick={onStop} why={whyNotAsk(mayRun)}>
          <Square size={16} aria-hidden />
        </Button>
      ) : null}
      <Button
        type="submit"
        look="main"
        label={busy ? "Send when this is done" : "Send"}
        why={whyNotAsk(mayRun)}
        disabled={text.trim() === ""}
      >
        <ArrowUp size={18} aria-hidden />
      </Button>
    </form>
  );
}
