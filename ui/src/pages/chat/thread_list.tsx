import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Plus, Trash2 } from "lucide-react";
import { memo, useState } from "react";
import { Link, useNavigate } from "react-router";
import { useConnection, useMay } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { SearchInput } from "@/components/search_input";
import { Time } from "@/components/time";
import { classes } from "@/lib/classes";
import { useThreads } from "./queries";
import styles from "./thread_list.module.css";
import type { ThreadSummary } from "./types";

interface ThreadListProps {
  current: string | null;
  words: string;
  onWords: (words: string) => void;
}

/** The threads: found by their words, opened, deleted. */
export const ThreadList = memo(function ThreadList({ current, words, onWords }: ThreadListProps) {
  const threads = useThreads(words);
  const [deleting, setDeleting] = useState<ThreadSummary | null>(null);
  const search = words === "" ? "" : `?q=${encodeURIComponent(words)}`;
  return (
    <nav className={styles.threads} aria-label="Threads">
      <div className={styles.head}>
        <Link to={`/threads/new${search}`} className={styles.fresh}>
          <Plus size={16} aria-hidden /> New conversation
        </Link>
        <SearchInput
          label="Find a thread by its words"
          placeholder="Find a thread"
          value={words}
          onChange={onWords}
        />
      </div>
      <div className={styles.list}>
        {threads.error !== null && threads.data === undefined ? (
          <ProblemNotice error={threads.error} onRetry={() => void threads.refetch()} />
        ) : threads.data === undefined ? (
          <Loading />
        ) : threads.data.length === 0 ? (
          <NoThreads words={words} />
        ) : (
          <ul>
            {threads.data.map((thread) => (
              <ThreadRow
                key={thread.thread_id}
                thread={thread}
                search={search}
                current={thread.thread_id === current}
                onDelete={() => setDeleting(thread)}
              />
            ))}
          </ul>
        )}
      </div>
      {deleting === null ? null : (
        <DeleteDialog thread={deleting} current={current} onClose={() => setDeleting(null)} />
      )}
    </nav>
  );
});

function NoThreads({ words }: { words: string }) {
  const mayRun = useMay("run");
  if (words !== "") return <Empty title="No thread has these words">Try fewer words.</Empty>;
  return (
    <Empty title="No conversations yet">
      {mayRun ? "Ask something to begin one." : "Those that you may see will stand here."}
    </Empty>
  );
}

interface ThreadRowProps {
  thread: ThreadSummary;
  search: string;
  current: boolean;
  onDelete: () => void;
}

export const nameOf = (thread: { title: string; thread_id: string }) =>
  thread.title.trim() || `Thread ${thread.thread_id.slice(0, 8)}`;

function ThreadRow({ thread, search, current, onDelete }: ThreadRowProps) {
  const mayRun = useMay("run");
  return (
    <li className={classes(styles.row, current && styles.current)}>
      <Link
        to={`/threads/${encodeURIComponent(thread.thread_id)}${search}`}
        aria-current={current ? "page" : undefined}
        className={styles.link}
      >
        <span className={styles.title} dir="auto">
          {nameOf(thread)}
        </span>
        <span className={styles.about}>
          <Time at={thread.updated_at} />
          <Mark thread={thread} />
        </span>
      </Link>
      <Button
        look="quiet"
        small
        label={mayRun ? `Delete ${nameOf(thread)}` : "Your role may not delete threads"}
        className={styles.delete}
        disabled={!mayRun}
        onClick={onDelete}
      >
        <Trash2 size={14} aria-hidden />
      </Button>
    </li>
  );
}

function Mark({ thread }: { thread: ThreadSummary }) {
  if (thread.waiting > 0) return <Badge tone="warn">waiting for you</Badge>;
  if (thread.status === "busy") return <Badge tone="accent">at work</Badge>;
  if (thread.status === "error") return <Badge tone="bad">failed</Badge>;
  if (thread.status === "interrupted") return <Badge>not finished</Badge>;
  return null;
}

interface DeleteDialogProps {
  thread: { thread_id: string; title: string };
  current: string | null;
  onClose: () => void;
}

/** Asks before a thread goes. */
export function DeleteDialog({ thread, current, onClose }: DeleteDialogProps) {
  const { client } = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const navigate = useNavigate();
  const remove = useMutation({
    mutationFn: () => client.threads.delete(thread.thread_id),
    onSuccess: async () => {
      if (current === thread.thread_id) await navigate("/threads/new");
      announce("Deleted.");
      onClose();
      await queries.invalidateQueries({ queryKey: ["threads", "list"] });
      await queries.invalidateQueries({ queryKey: ["interrupts"] });
    },
  });
  return (
    <Dialog
      title="Delete this thread?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button look="danger" disabled={remove.isPending} onClick={() => remove.mutate()}>
            Delete
          </Button>
        </>
      }
    >
      <p dir="auto">
        <strong>{nameOf(thread)}</strong>
      </p>
      <p>
        What was said and how it came about is gone then. What was done to the outside world stays done, and
        on record.
      </p>
      {remove.error === null ? null : <ProblemNotice error={remove.error} />}
    </Dialog>
  );
}
