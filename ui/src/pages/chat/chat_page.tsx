import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useMay, useSession } from "@/api/session";
import { useUploads } from "@/api/uploads";
import { Button } from "@/components/button";
import { Empty, Loading, Notice, ProblemNotice } from "@/components/notice";
import { classes } from "@/lib/classes";
import { useView } from "@/lib/view";
import styles from "./chat_page.module.css";
import { Composer } from "./composer";
import { ConversationView, useTurnState } from "./conversation_view";
import { GraphInput } from "./graph_input";
import { PassagePanel } from "./passage_panel";
import { Start } from "./start";
import { ThreadHeader } from "./thread_header";
import { ThreadList } from "./thread_list";
import { DropZone, UploadDialog } from "./uploads";
import { useChatInput } from "./use_chat_input";
import { type Conversation, useConversation } from "./use_conversation";

/** The chat: threads, a conversation, and where one writes. */
export function Page() {
  const { threadId: named } = useParams();
  const threadId = named === undefined || named === "new" ? null : named;
  const { isPodium } = useSession();
  const { said, search, change } = useView();
  const navigate = useNavigate();
  const [listed, setListed] = useState(false);
  const words = said("q");
  const onStarted = useCallback(
    (id: string) => void navigate(`/threads/${id}${words === "" ? "" : `?q=${encodeURIComponent(words)}`}`),
    [navigate, words],
  );
  const onWords = useCallback((text: string) => change({ q: text }), [change]);
  const onMoved = useCallback(() => change({ at: null }), [change]);
  const conversation = useConversation({
    threadId,
    chosen: threadId === null ? said("assistant") || null : null,
    at: threadId === null ? null : said("at") || null,
    onStarted,
    onMoved,
  });
  const { title } = conversation;
  useEffect(() => {
    document.title = `${threadId === null ? "Chat" : title || "Thread"} · Podium`;
  }, [threadId, title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list closes when another thread is opened.
  useEffect(() => setListed(false), [threadId]);
  const cited = Number(said("cite"));
  const hasPassage = cited > 0 || said("passage") !== "";
  return (
    <div className={classes(styles.chat, hasPassage && styles.withPanel, listed && styles.listed)}>
      <div className={styles.list}>
        <ThreadList current={threadId} words={words} onWords={onWords} />
      </div>
      {listed ? (
        <button
          type="button"
          className={styles.shade}
          aria-label="Close the threads"
          onClick={() => setListed(false)}
        />
      ) : null}
      <div className={styles.main}>
        <ThreadHeader
          conversation={conversation}
          isPodium={isPodium}
          onList={() => setListed(!listed)}
          listHidden={hasPassage}
        />
        <Middle key={threadId ?? "new"} conversation={conversation} assistant={search.get("assistant")} />
      </div>
      {hasPassage ? (
        <Passage
          conversation={conversation}
          turnId={said("turn")}
          citation={cited > 0 ? cited : null}
          evidenceId={said("passage")}
        />
      ) : null}
    </div>
  );
}

function Passage({
  conversation,
  turnId,
  citation,
  evidenceId,
}: {
  conversation: Conversation;
  turnId: string;
  citation: number | null;
  evidenceId: string;
}) {
  const { change } = useView();
  const state = useTurnState(conversation, turnId);
  return (
    <PassagePanel
      state={state}
      citation={citation}
      evidenceId={evidenceId}
      onCite={(number) => change({ cite: String(number) })}
      onClose={() => change({ cite: null, passage: null })}
    />
  );
}

function Middle({ conversation, assistant }: { conversation: Conversation; assistant: string | null }) {
  const { isPodium } = useSession();
  const { change } = useView();
  const mayRun = useMay("run");
  const mayIngest = useMay("run_project") && isPodium;
  const [files, setFiles] = useState<File[] | null>(null);
  const uploading = useUploads();
  const field = useRef<HTMLTextAreaElement>(null);
  const { threadId, ask, stop, live, active, at } = conversation;
  const busy = live !== null || active !== null;
  const kind = useChatInput(conversation);
  useKeys(field, busy, stop);
  if (conversation.missing) {
    return (
      <Empty title="There is no such thread">
        It may have been deleted. Choose another, or begin a new one.
      </Empty>
    );
  }
  return (
    <DropZone enabled={mayIngest} onFiles={setFiles}>
      {threadId === null ? (
        <Start
          assistant={assistant}
          onAssistant={(id) => change({ assistant: id })}
          conversation={conversation}
        />
      ) : conversation.loading ? (
        <Loading what="Reading the conversation" />
      ) : conversation.error !== null && conversation.turns.length === 0 ? (
        <div className={styles.problem}>
          <ProblemNotice error={conversation.error} onRetry={conversation.retry} />
        </div>
      ) : (
        <ConversationView conversation={conversation} />
      )}
      <div className={styles.foot}>
        {at === null ? null : (
          <Notice>
            <p>This is another version of the conversation. What you say goes on from here.</p>
            <Button small onClick={() => change({ at: null })}>
              Back to the latest
            </Button>
          </Notice>
        )}
        {kind.isChat ? (
          <Composer
            key={threadId ?? "new"}
            draftKey={threadId ?? "new"}
            begins={threadId === null}
            busy={busy}
            mayRun={mayRun}
            field={field}
            placeholder={hintOf(busy, conversation.interrupts.length > 0)}
            onSend={(text) => ask({ text, checkpointId: at })}
            onStop={() => void stop()}
            {...(mayIngest ? { onAttach: () => setFiles([]) } : {})}
          />
        ) : (
          <GraphInput
            schema={kind.schema}
            loading={kind.loading}
            busy={busy}
            mayRun={mayRun}
            folded={threadId !== null}
            onRun={(input) => ask({ input, checkpointId: at })}
            onStop={() => void stop()}
          />
        )}
      </div>
      {files === null ? null : (
        <UploadDialog files={files} onFiles={setFiles} uploading={uploading} onClose={() => setFiles(null)} />
      )}
    </DropZone>
  );
}

function hintOf(busy: boolean, waiting: boolean): string {
  if (busy) return "Say more; it waits its turn";
  return waiting ? "Decide above, or say more" : "Ask, or say what to do";
}

const ELSEWHERE = "input, textarea, select, [contenteditable], dialog";

/** "/" leads to where one writes; Escape stops what is at work. */
function useKeys(field: RefObject<HTMLTextAreaElement | null>, busy: boolean, stop: () => Promise<void>) {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const target = event.target as HTMLElement | null;
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if ((target?.closest(ELSEWHERE) ?? null) !== null) return;
      if (event.key === "/") {
        event.preventDefault();
        field.current?.focus();
      } else if (event.key === "Escape" && busy) void stop();
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  }, [field, busy, stop]);
}
