import { useState } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Markdown } from "@/components/markdown";
import { useKeys } from "@/lib/keys";
import styles from "./approvals.module.css";
import { DecideBar } from "./own_review";
import { ReasonDialog } from "./reason_dialog";
import type { DecidingProps } from "./review";

/** An answer that the agents are not sure of: send it, write another, or give none. */
export function DraftReview({ one, whyNot, busy, decide }: DecidingProps) {
  const [asking, setAsking] = useState<"respond" | "reject" | null>(null);
  const may = whyNot === "" && !busy;
  const send = (kind: string, message = "") => {
    setAsking(null);
    decide({ kind, message });
  };
  useKeys({
    e: may ? () => setAsking("respond") : undefined,
    r: may ? () => setAsking("reject") : undefined,
  });
  return (
    <>
      <Card title={one.question || "What should be answered?"}>
        {one.draft === "" ? (
          <p className="quiet">The agents have no answer to offer.</p>
        ) : (
          <>
            <p className="quiet">The agents would answer:</p>
            <div className={styles.draft}>
              <Markdown text={one.draft} />
            </div>
          </>
        )}
      </Card>
      <DecideBar whyNot={whyNot} noApproval="">
        {one.draft === "" ? null : (
          <Button look="main" disabled={!may} onClick={() => send("approve")}>
            {busy ? "Deciding…" : "Send this answer"}
          </Button>
        )}
        <Button
          look={one.draft === "" ? "main" : "plain"}
          disabled={!may}
          onClick={() => setAsking("respond")}
        >
          Write the answer…
        </Button>
        <Button look="danger" disabled={!may} onClick={() => setAsking("reject")}>
          Reject…
        </Button>
      </DecideBar>
      {asking === "respond" ? (
        <ReasonDialog
          title="Write the answer"
          label="Your answer"
          hint="The user reads it as it is."
          send="Send the answer"
          needed
          busy={busy}
          onSend={(message) => send("respond", message)}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === "reject" ? (
        <ReasonDialog
          title="Give no answer"
          label="Why?"
          hint="The user reads it, and it is kept in the record."
          send="Reject"
          danger
          busy={busy}
          onSend={(message) => send("reject", message)}
          onClose={() => setAsking(null)}
        />
      ) : null}
    </>
  );
}
