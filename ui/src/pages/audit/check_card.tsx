import { useMutation } from "@tanstack/react-query";
import { Download, ShieldAlert, ShieldCheck } from "lucide-react";
import { useConnection, useMay } from "@/api/session";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { CopyButton } from "@/components/copy_button";
import { Notice, ProblemNotice } from "@/components/notice";
import { saveFile } from "@/lib/download";
import { whole } from "@/lib/numbers";
import styles from "./audit.module.css";
import type { AuditCheck } from "./types";

const REFUSAL = "Only those who run the project may check or export the whole chain.";

/** Checks the chain, and gives it away as a file. */
export function CheckCard() {
  const connection = useConnection();
  const announce = useAnnounce();
  const may = useMay("run_project");
  const title = may ? undefined : REFUSAL;
  const check = useMutation({ mutationFn: () => connection.call<AuditCheck>("/audit/check") });
  const exporting = useMutation({
    mutationFn: async () => (await connection.open("/audit/export")).blob(),
    onSuccess: (file) => {
      saveFile(file, "audit.jsonl");
      announce("The whole chain is in audit.jsonl; 'podium audit verify' checks it anywhere.");
    },
  });
  return (
    <Card>
      <div className={styles.deeds}>
        <Button look="main" disabled={!may || check.isPending} title={title} onClick={() => check.mutate()}>
          <ShieldCheck size={16} aria-hidden />{" "}
          {check.isPending ? "Checking every record…" : "Verify the chain"}
        </Button>
        <Button disabled={!may || exporting.isPending} title={title} onClick={() => exporting.mutate()}>
          <Download size={16} aria-hidden /> {exporting.isPending ? "Exporting…" : "Export"}
        </Button>
        {may ? null : <span className="muted">{REFUSAL}</span>}
      </div>
      {check.error === null ? null : <ProblemNotice error={check.error} />}
      {exporting.error === null ? null : <ProblemNotice error={exporting.error} />}
      <div role="status">{check.data === undefined ? null : <Verdict check={check.data} />}</div>
    </Card>
  );
}

function Verdict({ check }: { check: AuditCheck }) {
  if (!check.ok) {
    return (
      <Notice tone="bad">
        <p className={styles.verdict}>
          <ShieldAlert size={18} aria-hidden /> <strong>The chain is broken.</strong>
        </p>
        <p>{check.fault}</p>
        <p>Keep the database as it is, and compare it with the last export or backup.</p>
      </Notice>
    );
  }
  return (
    <Notice tone="good">
      <p className={styles.verdict}>
        <ShieldCheck size={18} aria-hidden />
        <strong>
          The chain is whole: none of its {whole(check.records)} records was changed, removed or moved.
        </strong>
      </p>
      <p className="muted">
        {check.signed > 0
          ? `${whole(check.signed)} signed${check.trusted ? ", by keys that are trusted" : ""}. `
          : "It is not signed. "}
        {check.put_away > 0 ? `${whole(check.put_away)} were put away into files. ` : ""}Its head is{" "}
        <code>{check.head.slice(0, 16)}…</code> <CopyButton text={check.head} what="the head's hash" />
      </p>
    </Notice>
  );
}
