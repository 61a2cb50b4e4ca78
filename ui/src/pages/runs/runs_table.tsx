import { Button } from "@/components/button";
import { StatusBadge } from "@/components/status_badge";
import { type Column, Table } from "@/components/table";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { Time } from "@/components/time";
import { graphName } from "@/judging/words";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { costOf, modelsOf, secondsOf, type Turn, tokensOf } from "./run";
import styles from "./runs.module.css";
import { RUN_STATUSES } from "./statuses";

export function RunsTable({ turns, open }: { turns: Turn[]; open: (turn: Turn) => void }) {
  const titles = useTitles();
  const columns: Column<Turn>[] = [
    { name: "Began", cell: (turn) => <Time at={turn.started_at} /> },
    {
      name: "Thread",
      cell: (turn) => (
        <div className={styles.thread}>
          <ThreadLink id={turn.thread_id} titles={titles} />
        </div>
      ),
    },
    {
      name: "Status",
      cell: (turn) => (
        <>
          <StatusBadge statuses={RUN_STATUSES} status={turn.status} />
          {turn.error === null ? null : (
            <p className={styles.error}>{turn.error.message ?? turn.error.code}</p>
          )}
        </>
      ),
    },
    { name: "Graph", cell: (turn) => graphName(turn.graph) },
    { name: "Model", cell: (turn) => modelsOf(turn) || "–" },
    { name: "Took", numeric: true, cell: (turn) => duration(secondsOf(turn)) },
    { name: "Tokens", numeric: true, cell: (turn) => told(tokensOf(turn.usage), whole) },
    { name: "Cost", numeric: true, cell: (turn) => money(costOf(turn.usage)) },
    {
      name: "More",
      cell: (turn) => (
        <Button small look="quiet" aria-haspopup="dialog" onClick={() => open(turn)}>
          Details
        </Button>
      ),
    },
  ];
  return <Table caption="Runs" columns={columns} rows={turns} keyOf={(turn) => turn.run_id} />;
}

const told = (value: number | null, words: (value: number) => string) =>
  value === null ? "–" : words(value);
