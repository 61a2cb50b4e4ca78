import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { useConnection, useMay, useSession } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { ProblemNotice } from "@/components/notice";
import { Time } from "@/components/time";
import { APPROVED_ALREADY, type Consent, hasApproved } from "@/judging/consents";
import { FourEyes } from "@/judging/four_eyes";
import { PreviewTable } from "@/judging/preview";
import type { Preview } from "@/judging/types";
import { Value } from "@/judging/value";
import { effectWords, named, reasonWords, statusWords } from "@/judging/words";
import { percent } from "@/lib/numbers";
import { visible } from "@/lib/visible";
import styles from "./effect_card.module.css";
import { refresh } from "./queries";
import type { Effect, Interrupt, InterruptValue } from "./types";

/** An action and what became of it; what it changes is folded. */
export function EffectCard({ effect }: { effect: Effect }) {
  const standing = statusWords(effect.status);
  return (
    <details className={styles.card}>
      <summary className={styles.summary}>
        <span className={styles.name}>{named(effect.tool)}</span>
        <bdi className={styles.target}>{effect.target}</bdi>
        <Badge tone={standing.tone}>{standing.words}</Badge>
      </summary>
      <Changes tool={effect.tool} preview={effect.preview} args={effect.args} />
      {effect.error ? <p className={styles.error}>{effect.error}</p> : null}
      {effect.result === null || effect.result === undefined ? null : (
        <>
          <h4>Result</h4>
          <pre>{JSON.stringify(effect.result, null, 2).slice(0, 4_000)}</pre>
        </>
      )}
      <p className={styles.muted}>
        {effectWords(effect.effect).words} · <code title={effect.digest}>{effect.digest.slice(0, 12)}</code>
      </p>
    </details>
  );
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const hasPreview = (preview: Preview | null | undefined) =>
  isFields(preview?.before) || isFields(preview?.after);

/** What the server says of an action, with how far it reaches in words, without the name that stands before it. */
function described(name: string, text = "") {
  const reaching = text.replace(
    / \((\w+)\)(; approved by \d+ of \d+ people)?$/,
    (_, reach: string) => `, ${effectWords(reach).words}`,
  );
  const start = `${name.replaceAll("_", " ")} `;
  return visible(reaching.startsWith(`${start}on `) ? reaching.slice(start.length) : reaching);
}

/** The arguments that say something. */
const said = (args: Fields): Fields =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== null && value !== ""));

/** What an action would change; or its arguments, where it shows no preview. */
function Changes({ tool, preview, args }: { tool: string; preview?: Preview | null; args: Fields }) {
  return preview && hasPreview(preview) ? (
    <PreviewTable preview={preview} caption={`What ${named(tool)} changes`} />
  ) : (
    <Values values={args} />
  );
}

/** Names with their values. */
export function Values({ values }: { values: Fields }) {
  const entries = Object.entries(values);
  if (entries.length === 0) return null;
  return (
    <dl className={styles.values}>
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{visible(named(name))}</dt>
          <dd dir="auto">
            <Value value={value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** What came of a decision, as far as the card tells it. */
interface Decided {
  reply: { error: unknown; interrupts: { consents: Consent[] }[] } | null;
}

interface ApprovalCardProps {
  threadId: string;
  interrupt: Interrupt;
}

/** What is asked: what would be done or said, how sure the agents are, and why a person has to decide. */
function Asked({ value, me }: { value: InterruptValue; me: string }) {
  const actions = value.action_requests ?? [];
  return (
    <>
      {actions.map((action, place) => (
        <div key={value.digests?.[place] ?? place} className={styles.action}>
          <p>
            <strong>{named(action.name)}</strong>{" "}
            <bdi className={styles.muted}>{described(action.name, action.description)}</bdi>
          </p>
          <Changes tool={action.name} preview={value.previews?.[place]} args={action.args} />
          {hasPreview(value.previews?.[place]) ? <Values values={said(action.args)} /> : null}
        </div>
      ))}
      <FourEyes people={value.people ?? 1} consents={value.consents ?? []} me={me} />
      {actions.length === 0 && value.draft ? (
        <blockquote className={styles.draft} dir="auto">
          {value.draft}
        </blockquote>
      ) : null}
      <p className={styles.muted}>
        {value.confidence ? `${percent(value.confidence.score)} sure` : null}
        {value.expires_at ? (
          <>
            {" · expires "}
            <Time at={value.expires_at} />
          </>
        ) : null}
      </p>
      {[...new Set(value.reasons ?? [])].map((reason) => (
        <p key={reason} className={styles.muted}>
          {reasonWords(reason)}
        </p>
      ))}
      {value.error ? <p className={styles.error}>{value.error}</p> : null}
    </>
  );
}

/** What waits for a person, right in the conversation. */
export function ApprovalCard({ threadId, interrupt }: ApprovalCardProps) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  const may = useMay("decide");
  const { me } = useSession();
  const [rejecting, setRejecting] = useState(false);
  const [reason, setReason] = useState("");
  const value = (interrupt.value ?? {}) as InterruptValue;
  const isAnswer = (value.action_requests ?? []).length === 0;
  const isMine = hasApproved(value.consents ?? [], me?.principal ?? "");
  const decide = useMutation({
    mutationFn: (body: { kind: "approve" | "reject" | "respond"; message?: string }) =>
      connection.call<Decided>(`/threads/${threadId}/interrupts/${interrupt.id}/decision`, {
        method: "POST",
        body: { ...body, ...(value.digests?.length ? { digests: value.digests } : {}) },
      }),
    onSuccess: ({ reply }, body) => {
      const waits = reply?.error === null && reply.interrupts.some((one) => one.consents.length > 0);
      const approved = waits ? "Your approval is on record. Another person must approve." : "Approved.";
      announce(body.kind === "approve" ? approved : body.kind === "reject" ? "Rejected." : "Sent.");
      // The card goes; who works by keyboard goes on from the page that it was in.
      document.getElementById("content")?.focus({ preventScroll: true });
    },
    onSettled: () => refresh(queries, connection.url, threadId),
  });
  return (
    <section className={styles.approval} aria-label="Waiting for you">
      <header className={styles.head}>
        <Badge tone="warn">{isMine ? "Waiting for another person" : "Waiting for you"}</Badge>
        <strong dir="auto">{value.question || "A person has to decide."}</strong>
      </header>
      <Asked value={value} me={me?.principal ?? ""} />
      {decide.error === null ? null : <ProblemNotice error={decide.error} />}
      {isMine ? <p className={styles.muted}>{APPROVED_ALREADY}</p> : null}
      {may ? null : <p className={styles.muted}>Your role may look at this, but not decide it.</p>}
      {rejecting ? (
        <form
          className={styles.reason}
          onSubmit={(event) => {
            event.preventDefault();
            decide.mutate({ kind: "reject", message: reason.trim() });
          }}
        >
          <label htmlFor={`reason-${interrupt.id}`}>Why not?</label>
          <textarea
            id={`reason-${interrupt.id}`}
            rows={2}
            value={reason}
            onChange={(event) => setReason(event.target.value)}
          />
          <div className={styles.buttons}>
            <Button type="submit" look="danger" disabled={decide.isPending}>
              Reject
            </Button>
            <Button onClick={() => setRejecting(false)}>Back</Button>
          </div>
        </form>
      ) : (
        <div className={styles.buttons}>
          <Button
            look="main"
            disabled={!may || isMine || decide.isPending}
            title={isMine ? APPROVED_ALREADY : undefined}
            onClick={() => decide.mutate({ kind: "approve" })}
          >
            {decide.isPending ? "Carrying out…" : isAnswer ? "Send the draft" : "Approve"}
          </Button>
          <Button disabled={!may || decide.isPending} onClick={() => setRejecting(true)}>
            Reject…
          </Button>
          <Link className={styles.open} to={`/approvals/${threadId}/${interrupt.id}`}>
            Change or look closer
          </Link>
        </div>
      )}
    </section>
  );
}
