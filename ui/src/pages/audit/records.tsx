import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { FilterBar, RangeFilter, SelectFilter, TextFilter } from "@/components/filters";
import { Loaded, More } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { type Column, Table } from "@/components/table";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { Time } from "@/components/time";
import { momentsOf, rangeOf } from "@/lib/ranges";
import { useView } from "@/lib/view";
import styles from "./audit.module.css";
import { gistOrKind } from "./gist";
import { KINDS, kindCode, kindWords } from "./kinds";
import { RecordDialog } from "./record_dialog";
import type { AuditRecord, AuditRecords } from "./types";

const SIZE = 50;
const FILTERS = ["kind", "actor", "thread", "range", "since", "until"];

/** The records, the latest first, page after page. */
export function Records() {
  const connection = useConnection();
  const { said } = useView();
  const range = rangeOf(said, "all");
  const wanted = { kind: said("kind"), actor: said("actor"), thread: said("thread") };
  const query = useInfiniteQuery({
    queryKey: ["audit", "records", connection.url, wanted, range],
    queryFn: ({ pageParam, signal }) =>
      connection.call<AuditRecords>("/audit/records", {
        query: { ...wanted, ...momentsOf(range, Date.now()), limit: SIZE, before: pageParam },
        signal,
      }),
    initialPageParam: null as number | null,
    getNextPageParam: (last) => (last.records.length < SIZE ? undefined : last.records[0]?.seq),
  });
  const kinds = query.data?.pages[0]?.kinds ?? Object.keys(KINDS);
  return (
    <>
      <FilterBar names={FILTERS}>
        <SelectFilter
          label="What"
          name="kind"
          all="Anything"
          options={kinds.map((kind) => ({ value: kind, label: `${kindWords(kind).name} (${kind})` }))}
        />
        <TextFilter label="Who" name="actor" placeholder="local:ada" />
        <TextFilter label="Thread" name="thread" placeholder="Id of a thread" />
        <RangeFilter range={range} fallback="all" />
      </FilterBar>
      <Loaded query={query}>
        {({ pages }) => <Found records={pages.flatMap((page) => [...page.records].reverse())} />}
      </Loaded>
      <More query={query}>Older records</More>
    </>
  );
}

function Found({ records }: { records: AuditRecord[] }) {
  if (records.length > 0) return <RecordsTable records={records} />;
  return <Empty title="No record is like that.">Choose other filters, or clear them.</Empty>;
}

/** One record by its number; undefined for 0, and while it is read. */
function useRecord(seq: number): AuditRecord | undefined {
  const connection = useConnection();
  const { data } = useQuery({
    queryKey: ["audit", "record", connection.url, seq],
    queryFn: ({ signal }) =>
      connection.call<AuditRecords>("/audit/records", { query: { before: seq + 1, limit: 1 }, signal }),
    enabled: Number.isInteger(seq) && seq > 0,
  });
  return data?.records.find((one) => one.seq === seq);
}

function RecordsTable({ records }: { records: AuditRecord[] }) {
  const titles = useTitles();
  const { said, change } = useView();
  const chosen = Number(said("record"));
  const here = records.find((one) => one.seq === chosen);
  const elsewhere = useRecord(here === undefined ? chosen : 0);
  const shown = here ?? elsewhere;
  const open = (record: AuditRecord) => change({ record: String(record.seq) }, { push: true });
  const columns: Column<AuditRecord>[] = [
    {
      name: "No.",
      numeric: true,
      cell: (one) => (
        <Button look="link" aria-haspopup="dialog" onClick={() => open(one)}>
          <span className="visually-hidden">Record </span>
          {one.seq}
        </Button>
      ),
    },
    { name: "When", cell: (one) => <Time at={one.at} /> },
    {
      name: "What",
      cell: (one) => (
        <span title={kindCode(one.kind)}>
          <Badge tone={kindWords(one.kind).tone}>{kindWords(one.kind).name}</Badge>
        </span>
      ),
    },
    {
      name: "Says",
      cell: (one) => (
        <div className={styles.gist} dir="auto">
          {gistOrKind(one)}
        </div>
      ),
    },
    { name: "Who", cell: (one) => <bdi>{one.person || one.who || "–"}</bdi> },
    {
      name: "Thread",
      cell: (one) =>
        one.thread_id === "" ? (
          "–"
        ) : (
          <div className={styles.thread}>
            <ThreadLink id={one.thread_id} titles={titles} />
          </div>
        ),
    },
  ];
  return (
    <>
      <Table caption="Audit records" columns={columns} rows={records} keyOf={(one) => String(one.seq)} />
      {shown === undefined ? null : <RecordDialog record={shown} onClose={() => change({ record: null })} />}
    </>
  );
}
