import { CopyButton } from "@/components/copy_button";
import { Dialog } from "@/components/dialog";
import { Facts } from "@/components/facts";
import { JsonView } from "@/components/json_view";
import { exactTime } from "@/lib/times";
import { gist } from "./gist";
import { kindWords } from "./kinds";
import type { AuditRecord } from "./types";

const joined = (name: string, means: string) => (means === "" ? name : `${name}: ${means.toLowerCase()}`);

/** One record, and how it hangs on the one before it. */
export function RecordDialog({ record, onClose }: { record: AuditRecord; onClose: () => void }) {
  return (
    <Dialog wide title={`Record ${record.seq}`} onClose={onClose}>
      <div className="stack">
        <Facts
          facts={[
            ["Tells", joined(kindWords(record.kind).name, kindWords(record.kind).means)],
            gist(record) === "" ? null : ["Says", <bdi key="says">{gist(record)}</bdi>],
            ["Code", <code key="code">{record.kind}</code>],
            ["When", exactTime(record.at)],
            ["Who", record.person || "–"],
            ["In the chain as", <code key="who">{record.who}</code>],
            ["Run", record.run_id === "" ? "–" : <code key="run">{record.run_id}</code>],
            ["Its hash", <Hash key="hash" value={record.hash} what="the record's hash" />],
            ["Hash before", <Hash key="after" value={record.after} what="the hash before it" />],
          ]}
        />
        <JsonView value={record.data} label="What it says" />
        {record.sealed === null || record.sealed === undefined ? null : (
          <>
            <h3>Sealed: it may be erased without breaking the chain</h3>
            <JsonView value={record.sealed} label="What is sealed" />
          </>
        )}
      </div>
    </Dialog>
  );
}

function Hash({ value, what }: { value: string; what: string }) {
  if (value === "") return "–";
  return (
    <>
      <code>{value}</code> <CopyButton text={value} what={what} />
    </>
  );
}
