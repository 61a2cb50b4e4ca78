import { type ReactNode, useState } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Dialog } from "@/components/dialog";
import { Notice } from "@/components/notice";
import { APPROVED_ALREADY } from "@/judging/consents";
import { Digest } from "@/judging/digest";
import { PreviewTable } from "@/judging/preview";
import { named } from "@/judging/words";
import { focusFirst } from "@/lib/focus";
import { useKeys } from "@/lib/keys";
import { ActionHead, ActionView } from "./action_card";
import styles from "./approvals.module.css";
import { ArgumentChanges, EditDialog } from "./edit_dialog";
import { type ActionDetail, type Choice, decisionOf, isApprovedByMe, type ReviewDetail } from "./model";
import { ReasonDialog } from "./reason_dialog";
import type { DecidingProps } from "./review";

type Asking = { what: "approve" } | { what: "respond" } | { what: "edit" | "reject"; digest: string };

interface OwnProps extends DecidingProps {
  detail: ReviewDetail;
  /** What stands between the actions and the buttons. */
  children: ReactNode;
}

/** Deciding about actions: one at once, several one by one and sent together. */
export function OwnReview({ one, detail, whyNot, busy, decide, children }: OwnProps) {
  const { actions } = detail;
  const [choices, setChoices] = useState<ReadonlyMap<string, Choice>>(new Map());
  const [asking, setAsking] = useState<Asking | null>(null);
  const single = actions.length === 1 ? actions[0] : undefined;
  const barred = actions.find((action) => !action.may_approve && !action.has_approved);
  const noApproval =
    whyNot || (barred ? `${named(barred.tool)} needs one of the roles: ${barred.approvers.join(", ")}.` : "");
  const noApprovalOfAll = noApproval || (isApprovedByMe(actions) ? APPROVED_ALREADY : "");
  const send = (made: ReadonlyMap<string, Choice>) => decide(decisionOf(actions, made));
  const choose = (digest: string, choice: Choice) => {
    const next = new Map(choices).set(digest, choice);
    setAsking(null);
    setChoices(next);
    if (single !== undefined) send(next);
  };
  const approveAll = () => send(new Map(actions.map((action) => [action.digest, { kind: "approve" }])));
  const may = whyNot === "" && !busy;
  const first = single ?? actions.find((action) => !choices.has(action.digest)) ?? actions[0];
  const ask = (what: "edit" | "reject") => first && setAsking({ what, digest: first.digest });
  useKeys({
    a: may && noApprovalOfAll === "" ? () => setAsking({ what: "approve" }) : undefined,
    e: may && noApproval === "" ? () => ask("edit") : undefined,
    r: may ? () => ask("reject") : undefined,
  });
  return (
    <>
      {single !== undefined ? (
        <Card title="What would be done">
          <ActionHead action={single} level={3} />
          <ActionView action={single} />
        </Card>
      ) : (
        actions.map((action, place) => (
          <section key={action.digest} className={styles.actionCard}>
            <p className="quiet">
              Action {place + 1} of {actions.length}
            </p>
            <ActionHead action={action} level={3} />
            <ActionView action={action} />
            <ActionChoice
              action={action}
              choice={choices.get(action.digest)}
              disabled={!may}
              noApproval={noApproval}
              onApprove={() => choose(action.digest, { kind: "approve" })}
              onAsk={(what) => setAsking({ what, digest: action.digest })}
            />
          </section>
        ))
      )}
      {children}
      <DecideBar whyNot={whyNot} noApproval={noApprovalOfAll}>
        {single !== undefined ? (
          <>
            <Button
              look="main"
              disabled={busy || noApprovalOfAll !== ""}
              title={noApprovalOfAll || undefined}
              onClick={approveAll}
            >
              {busy ? "Deciding…" : "Approve"}
            </Button>
            <Button disabled={busy || noApproval !== ""} onClick={() => ask("edit")}>
              Change…
            </Button>
            <Button look="danger" disabled={!may} onClick={() => ask("reject")}>
              Reject…
            </Button>
          </>
        ) : (
          <SendChoices
            actions={actions}
            choices={choices}
            busy={busy}
            may={may}
            noApproval={noApprovalOfAll}
            onSend={() => send(choices)}
            onApproveAll={() => setAsking({ what: "approve" })}
          />
        )}
        <Button look="quiet" disabled={!may} onClick={() => setAsking({ what: "respond" })}>
          Say what to do instead…
        </Button>
      </DecideBar>
      {asking === null ? null : (
        <Question
          asking={asking}
          one={one}
          actions={actions}
          busy={busy}
          onClose={() => setAsking(null)}
          onApprove={() => {
            setAsking(null);
            approveAll();
          }}
          onRespond={(message) => {
            setAsking(null);
            decide({ kind: "respond", digests: actions.map((action) => action.digest), message });
          }}
          onChoose={choose}
        />
      )}
    </>
  );
}

/** The buttons at the foot, or why there is nothing to press. */
export function DecideBar({
  whyNot,
  noApproval,
  children,
}: {
  whyNot: string;
  noApproval: string;
  children: ReactNode;
}) {
  return (
    <div className={styles.decideBar}>
      <div className={styles.row}>{children}</div>
      {whyNot === "" && noApproval !== "" ? <p className="quiet">{noApproval}</p> : null}
      {whyNot === "" ? null : <p className="quiet">You may look, but not decide this: see above why.</p>}
    </div>
  );
}

const CHOSEN = {
  approve: "Will be approved",
  edit: "Will be approved with your changes",
  reject: "Will be rejected",
};

function ActionChoice({
  action,
  choice,
  disabled,
  noApproval,
  onApprove,
  onAsk,
}: {
  action: ActionDetail;
  choice: Choice | undefined;
  disabled: boolean;
  noApproval: string;
  onApprove: () => void;
  onAsk: (what: "edit" | "reject") => void;
}) {
  const words = named(action.tool).toLowerCase();
  const button = (kind: Choice["kind"], label: string, off: boolean, act: () => void) => (
    <Button
      aria-pressed={choice?.kind === kind}
      aria-label={`${label}: ${words}`}
      disabled={off}
      onClick={act}
      className={styles.choice}
    >
      {label}
    </Button>
  );
  const noApprove = disabled || noApproval !== "";
  return (
    <div className={styles.actionChoice}>
      {/* biome-ignore lint/a11y/useSemanticElements: three buttons that belong together are no fieldset. */}
      <div className={styles.row} role="group" aria-label={`Your word on: ${words}`}>
        {button("approve", "Approve", noApprove, onApprove)}
        {button("edit", "Change…", noApprove, () => onAsk("edit"))}
        {button("reject", "Reject…", disabled, () => onAsk("reject"))}
      </div>
      {choice === undefined ? null : (
        <Notice tone={choice.kind === "reject" ? "warn" : "good"}>
          <p>
            {CHOSEN[choice.kind]}
            {choice.kind === "reject" && choice.message !== "" ? (
              <>
                : <bdi>{choice.message}</bdi>
              </>
            ) : null}
          </p>
          {choice.kind === "edit" ? <ArgumentChanges before={action} after={choice.result} /> : null}
          {choice.kind === "edit" ? <Digest digest={choice.result.digest} label="New digest" /> : null}
        </Notice>
      )}
    </div>
  );
}

function SendChoices({
  actions,
  choices,
  busy,
  may,
  noApproval,
  onSend,
  onApproveAll,
}: {
  actions: ActionDetail[];
  choices: ReadonlyMap<string, Choice>;
  busy: boolean;
  may: boolean;
  noApproval: string;
  onSend: () => void;
  onApproveAll: () => void;
}) {
  if (choices.size === 0) {
    return (
      <Button look="main" disabled={!may || noApproval !== ""} onClick={onApproveAll}>
        {busy ? "Deciding…" : `Approve all ${actions.length}…`}
      </Button>
    );
  }
  const left = actions.filter((action) => !choices.has(action.digest)).length;
  return (
    <>
      <Button look="main" disabled={!may || left > 0} onClick={onSend}>
        {busy ? "Deciding…" : `Send ${actions.length} decisions`}
      </Button>
      {left === 0 ? null : <span className="quiet">{left} still to be decided: they go together.</span>}
    </>
  );
}

interface QuestionProps {
  asking: Asking;
  one: DecidingProps["one"];
  actions: ActionDetail[];
  busy: boolean;
  onClose: () => void;
  onApprove: () => void;
  onRespond: (message: string) => void;
  onChoose: (digest: string, choice: Choice) => void;
}

function Question({ asking, one, actions, busy, onClose, onApprove, onRespond, onChoose }: QuestionProps) {
  const digest = "digest" in asking ? asking.digest : "";
  const action = actions.find((known) => known.digest === digest);
  const together = actions.length > 1;
  if (asking.what === "approve") return <Confirm actions={actions} onClose={onClose} onApprove={onApprove} />;
  if (asking.what === "respond") {
    return (
      <ReasonDialog
        title="Say what to do instead"
        label="Your words to the agents"
        hint="Nothing of what is proposed is done; the agents go on from what you say."
        send="Send"
        needed
        busy={busy}
        onSend={onRespond}
        onClose={onClose}
      />
    );
  }
  if (action === undefined) return null;
  if (asking.what === "edit") {
    return (
      <EditDialog
        one={one}
        action={action}
        useLabel={together ? "Use this" : "Approve the changed action"}
        busy={busy}
        onUse={(choice) => onChoose(digest, choice)}
        onClose={onClose}
      />
    );
  }
  return (
    <ReasonDialog
      title={`Reject: ${named(action.tool)}`}
      label="Why?"
      hint="The user reads it, and it is kept in the record. You may leave it empty."
      send="Reject"
      danger
      busy={busy}
      onSend={(message) => onChoose(digest, { kind: "reject", message })}
      onClose={onClose}
    />
  );
}

function Confirm({
  actions,
  onClose,
  onApprove,
}: {
  actions: ActionDetail[];
  onClose: () => void;
  onApprove: () => void;
}) {
  return (
    <Dialog
      title={actions.length === 1 ? "Approve this?" : `Approve all ${actions.length}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="main" ref={focusFirst} onClick={onApprove}>
            Approve
          </Button>
        </>
      }
    >
      <div className={styles.stack}>
        {actions.map((action) => (
          <section key={action.digest} className={styles.stack}>
            <ActionHead action={action} level={3} />
            <PreviewTable preview={action.preview} caption={`What ${named(action.tool)} would change`} />
            <Digest digest={action.digest} />
          </section>
        ))}
      </div>
    </Dialog>
  );
}
