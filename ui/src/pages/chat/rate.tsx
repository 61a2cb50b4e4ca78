import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { ThumbsDown, ThumbsUp } from "lucide-react";
import { type FormEvent, useId, useState } from "react";
import { useConnection, useMay } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { TextArea } from "@/components/field";
import { ProblemNotice } from "@/components/notice";
import styles from "./rate.module.css";
import { whyNotRate } from "./words";

interface Feedback {
  run_id: string;
  kind: string;
  rating: number | null;
  correction: string;
  reason: string;
}

interface RateProps {
  threadId: string;
  runId: string;
  answer: string;
}

/** Thumbs for an answer. A thumb down asks why, and what would have been right. */
export function Rate({ threadId, runId, answer }: RateProps) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const mayRun = useMay("run");
  const [asking, setAsking] = useState(false);
  const key = ["feedback", connection.url, threadId];
  const given = useQuery({
    queryKey: key,
    queryFn: () => connection.call<{ feedback: Feedback[] }>(`/threads/${threadId}/feedback`),
    staleTime: 30_000,
  });
  const mine = (given.data?.feedback ?? []).filter((one) => one.run_id === runId && one.kind !== "decision");
  const rating = mine.findLast((one) => one.rating !== null)?.rating ?? 0;
  const correction = mine.findLast((one) => one.correction !== "")?.correction ?? "";
  const rate = useMutation({
    mutationFn: (body: { rating: number; reason?: string; correction?: string }) =>
      connection.call(`/threads/${threadId}/feedback`, { method: "POST", body: { ...body, run_id: runId } }),
    onSuccess: () => {
      setAsking(false);
      announce("Thank you. It is kept with the answer.");
      void queries.invalidateQueries({ queryKey: key });
    },
    onError: (error) => announce(error.message, "bad"),
  });
  return (
    <>
      <Button
        look="quiet"
        small
        label="This answer is right"
        aria-pressed={rating > 0}
        className={rating > 0 ? styles.up : undefined}
        why={whyNotRate(mayRun)}
        disabled={rate.isPending}
        onClick={() => rate.mutate({ rating: 1 })}
      >
        <ThumbsUp size={14} aria-hidden />
      </Button>
      <Button
        look="quiet"
        small
        label="This answer is wrong"
        aria-pressed={rating < 0}
        className={rating < 0 ? styles.down : undefined}
        why={whyNotRate(mayRun)}
        disabled={rate.isPending}
        onClick={() => setAsking(true)}
      >
        <ThumbsDown size={14} aria-hidden />
      </Button>
      {correction === "" ? null : (
        <p className={styles.correction} dir="auto">
          <strong>Right would be:</strong> {correction}
        </p>
      )}
      {asking ? (
        <RateDialog
          answer={answer}
          error={rate.error}
          pending={rate.isPending}
          onClose={() => setAsking(false)}
          onSend={(reason, right) => rate.mutate({ rating: -1, reason, correction: right })}
        />
      ) : null}
    </>
  );
}

interface RateDialogProps {
  answer: string;
  error: unknown;
  pending: boolean;
  onClose: () => void;
  onSend: (reason: string, correction: string) => void;
}

function RateDialog({ answer, error, pending, onClose, onSend }: RateDialogProps) {
  const form = useId();
  const [reason, setReason] = useState("");
  const [right, setRight] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSend(reason.trim(), right.trim());
  };
  return (
    <Dialog
      title="What is wrong with this answer?"
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" type="submit" form={form} disabled={pending}>
            Send
          </Button>
        </>
      }
    >
      <form id={form} onSubmit={submit}>
        <blockquote className={styles.answer} dir="auto">
          {answer.slice(0, 300)}
          {answer.length > 300 ? "…" : ""}
        </blockquote>
        <TextArea
          label="What is wrong?"
          hint="May be left empty."
          rows={2}
          value={reason}
          onText={setReason}
        />
        <TextArea
          label="What would be right?"
          hint="It becomes the expected answer when this conversation is added to an evaluation suite."
          rows={3}
          value={right}
          onText={setRight}
        />
        {error === null || error === undefined ? null : <ProblemNotice error={error} />}
      </form>
    </Dialog>
  );
}
