import { Download, FlaskConical, PanelLeft, Trash2 } from "lucide-react";
import { useState } from "react";
import { useConnection, useMay } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { useTitles } from "@/components/thread_link";
import { saveFile } from "@/lib/download";
import { CaseDialog } from "./case_dialog";
import styles from "./thread_header.module.css";
import { DeleteDialog } from "./thread_list";
import type { Conversation } from "./use_conversation";

interface ThreadHeaderProps {
  conversation: Conversation;
  isPodium: boolean;
  /** Opens the list of threads, where there is no room for it. */
  onList: () => void;
  listHidden: boolean;
}

/** The title of a thread, how it stands, and what may be done with the whole of it. */
export function ThreadHeader({ conversation, isPodium, onList, listHidden }: ThreadHeaderProps) {
  const { threadId, own } = conversation;
  const titles = useTitles();
  // Of a conversation that was taken back whole only the list knows the title.
  const title = conversation.title || (titles.get(threadId ?? "") ?? "");
  const mayRun = useMay("run");
  const mayEvaluate = useMay("run_project");
  const [dialog, setDialog] = useState<"delete" | "case" | null>(null);
  const close = () => setDialog(null);
  return (
    <header className={styles.head}>
      <Button
        look="quiet"
        label="Threads"
        className={listHidden ? styles.listWide : styles.list}
        onClick={onList}
      >
        <PanelLeft size={18} aria-hidden />
      </Button>
      <h1 className={styles.title} dir="auto">
        {threadId === null ? "New conversation" : title || `Thread ${threadId.slice(0, 8)}`}
      </h1>
      <Standing conversation={conversation} />
      {threadId === null ? null : (
        <>
          {isPodium ? <ExportMenu threadId={threadId} /> : null}
          {own ? (
            <Button
              look="quiet"
              label={mayEvaluate ? "Add to an evaluation suite" : "Only admins add evaluation cases"}
              disabled={!mayEvaluate}
              onClick={() => setDialog("case")}
            >
              <FlaskConical size={17} aria-hidden />
            </Button>
          ) : null}
          <Button
            look="quiet"
            label={mayRun ? "Delete this thread" : "Your role may not delete threads"}
            disabled={!mayRun}
            onClick={() => setDialog("delete")}
          >
            <Trash2 size={17} aria-hidden />
          </Button>
        </>
      )}
      {threadId !== null && dialog === "delete" ? (
        <DeleteDialog thread={{ thread_id: threadId, title }} current={threadId} onClose={close} />
      ) : null}
      {threadId !== null && dialog === "case" ? <CaseDialog threadId={threadId} onClose={close} /> : null}
    </header>
  );
}

function Standing({ conversation }: { conversation: Conversation }) {
  if (conversation.live !== null || conversation.active !== null) return <Badge tone="accent">at work</Badge>;
  if (conversation.interrupts.length > 0) return <Badge tone="warn">waiting for you</Badge>;
  return null;
}

const FORMATS = [
  { format: "markdown", name: "Markdown", ending: "md" },
  { format: "json", name: "JSON", ending: "json" },
] as const;

function ExportMenu({ threadId }: { threadId: string }) {
  const connection = useConnection();
  const announce = useAnnounce();
  const [open, setOpen] = useState(false);
  const save = async (format: string, ending: string) => {
    setOpen(false);
    try {
      const answer = await connection.open(`/threads/${threadId}/export`, { query: { format } });
      saveFile(await answer.blob(), `thread-${threadId.slice(0, 8)}.${ending}`);
    } catch (error) {
      announce((error as Error).message, "bad");
    }
  };
  return (
    <fieldset
      className={styles.menu}
      aria-label="Export"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
    >
      <Button look="quiet" label="Export this thread" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Download size={17} aria-hidden />
      </Button>
      {open ? (
        <div className={styles.choices}>
          {FORMATS.map(({ format, name, ending }) => (
            <Button key={format} look="quiet" onClick={() => void save(format, ending)}>
              As {name}
            </Button>
          ))}
        </div>
      ) : null}
    </fieldset>
  );
}
