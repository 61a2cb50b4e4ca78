import { useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { ProblemNotice } from "@/components/notice";
import styles from "./approvals.module.css";
import { idOf, titleOf, type Waiting } from "./model";
import { useDecide } from "./queries";

/** Approves several that are safe to be approved together, one after the other, each by its digests. */
export function Together({ picked, may, onDone }: { picked: Waiting[]; may: boolean; onDone: () => void }) {
  const [asking, setAsking] = useState(false);
  const [problem, setProblem] = useState<{ title: string; error: unknown } | null>(null);
  const [busy, setBusy] = useState(false);
  const announce = useAnnounce();
  const decision = useDecide();
  const approve = async () => {
    setBusy(true);
    let done = 0;
    for (const one of picked) {
      try {
        await decision.mutateAsync({ one, body: { kind: "approve", digests: one.digests } });
        done += 1;
      } catch (error) {
        setProblem({ title: titleOf(one), error });
        break;
      }
    }
    setBusy(false);
    announce(`${done} of ${picked.length} approved`, done === picked.length ? "good" : "bad");
    if (done === picked.length) onDone();
  };
  return (
    <div className={styles.together}>
      <Button look="main" disabled={!may || picked.length === 0} onClick={() => setAsking(true)}>
        Approve {picked.length} together…
      </Button>
      <Button look="quiet" onClick={onDone}>
        Cancel
      </Button>
      {asking ? (
        <Dialog
          title={`Approve these ${picked.length}?`}
          onClose={() => setAsking(false)}
          actions={
            <>
              <Button onClick={() => setAsking(false)}>Cancel</Button>
              <Button look="main" disabled={busy} onClick={() => void approve()}>
                {busy ? "Approving…" : `Approve ${picked.length}`}
              </Button>
            </>
          }
        >
          <ul className={styles.list}>
            {picked.map((one) => (
              <li key={idOf(one)}>
                <strong>
                  <bdi>{titleOf(one)}</bdi>
                </strong>{" "}
                {one.actions.map((action) => (
                  <code key={action.digest}>
                    <bdi>{action.target || action.tool}</bdi>{" "}
                  </code>
                ))}
              </li>
            ))}
          </ul>
          {problem === null ? null : (
            <>
              <p>Stopped at: {problem.title}</p>
              <ProblemNotice error={problem.error} />
            </>
          )}
        </Dialog>
      ) : null}
    </div>
  );
}
