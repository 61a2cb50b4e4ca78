import { Link } from "react-router";
import { Meter } from "@/components/meter";
import { type Column, Table } from "@/components/table";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { money, percent, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { shareName, shareOf } from "./sums";
import type { UsageReport, UsageRow } from "./types";
import styles from "./usage.module.css";

const NAMES = { thread: "Thread", model: "Model", day: "Day (UTC)" };

interface UsageTableProps {
  by: UsageReport["by"];
  rows: UsageRow[];
  /** All rows as one, those of other pages too. */
  all: UsageRow;
}

export function UsageTable({ by, rows, all }: UsageTableProps) {
  const titles = useTitles();
  const columns: Column<UsageRow>[] = [
    {
      name: NAMES[by],
      cell: (row) =>
        by === "thread" ? (
          <div className={styles.thread}>
            <ThreadLink id={row.key} titles={titles} />
          </div>
        ) : by === "day" ? (
          <Link to={dayAddress(row.key)}>{row.key}</Link>
        ) : (
          <bdi>{row.key}</bdi>
        ),
    },
    { name: "Cost", numeric: true, cell: (row) => (row.model_calls === 0 ? "–" : money(row.cost)) },
    {
      name: shareName(all),
      cell: (row) => (
        <Meter label={shareName(all)} share={shareOf(row, all)} figure={percent(shareOf(row, all))} />
      ),
    },
    { name: "Tokens read", numeric: true, cell: (row) => whole(row.input_tokens) },
    { name: "Tokens written", numeric: true, cell: (row) => whole(row.output_tokens) },
    { name: "Model calls", numeric: true, cell: (row) => whole(row.model_calls) },
    { name: "Turns", numeric: true, cell: (row) => whole(row.runs) },
    { name: "Time", numeric: true, cell: (row) => duration(row.seconds) },
  ];
  return <Table caption="Usage" columns={columns} rows={rows} keyOf={(row) => row.key} />;
}

/** The runs of a day in UTC, as the page of runs takes them: between two moments. */
function dayAddress(day: string): string {
  const start = new Date(`${day}T00:00:00Z`);
  const end = new Date(start.getTime() + 86_400_000);
  return `/runs?${new URLSearchParams({ range: "custom", since: local(start), until: local(end) })}`;
}

/** A moment as a date field of the browser's zone holds it. */
function local(date: Date): string {
  const shifted = new Date(date.getTime() - date.getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 16);
}
