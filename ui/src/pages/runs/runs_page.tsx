import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { callPage } from "@/api/paged";
import { useSession } from "@/api/session";
import { FilterBar, GraphFilter, RangeFilter, SelectFilter, TextFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Pager, pageOffset } from "@/components/pager";
import { statusOptions } from "@/components/status_badge";
import { momentsOf, rangeOf } from "@/lib/ranges";
import { useView } from "@/lib/view";
import type { Turn } from "./run";
import { RunDialog } from "./run_dialog";
import { RunsTable } from "./runs_table";
import { RUN_STATUSES } from "./statuses";

const SIZE = 50;
const FILTERS = ["status", "graph", "thread", "range", "since", "until"];

function useRuns() {
  const { connection } = useSession();
  const { said } = useView();
  const range = rangeOf(said, "all");
  const [status, graph, thread] = [said("status"), said("graph"), said("thread")];
  const offset = pageOffset(said("page"), SIZE);
  return useQuery({
    queryKey: ["runs", connection.url, { status, graph, thread, range, offset }],
    queryFn: ({ signal }) => {
      const query = { status, graph, thread, ...momentsOf(range, Date.now()), limit: SIZE, offset };
      return callPage<{ runs: Turn[] }>(connection, "/runs", query, signal);
    },
    placeholderData: keepPreviousData,
  });
}

export function Page() {
  const { said, change } = useView();
  const query = useRuns();
  const [opened, setOpened] = useState<Turn | null>(null);
  const chosen = said("run");
  const turn = query.data?.body.runs.find((one) => one.run_id === chosen) ?? opened;
  const open = (one: Turn) => {
    setOpened(one);
    change({ run: one.run_id }, { push: true });
  };
  return (
    <PageFrame
      title="Runs"
      lead="Every run of your threads, the latest first. A turn that asks a person goes on in another run."
    >
      <FilterBar names={FILTERS}>
        <SelectFilter label="Status" name="status" all="Any" options={statusOptions(RUN_STATUSES)} />
        <GraphFilter />
        <TextFilter label="Thread" name="thread" placeholder="Id of a thread" />
        <RangeFilter range={rangeOf(said, "all")} fallback="all" />
      </FilterBar>
      <Loaded query={query}>
        {({ body: { runs }, total }) => (
          <>
            <Found turns={runs} open={open} />
            <Pager what="runs" total={total} size={SIZE} shown={runs.length} />
          </>
        )}
      </Loaded>
      {chosen !== "" && turn?.run_id === chosen ? (
        <RunDialog turn={turn} onClose={() => change({ run: null })} />
      ) : null}
    </PageFrame>
  );
}

function Found({ turns, open }: { turns: Turn[]; open: (turn: Turn) => void }) {
  const { said } = useView();
  if (turns.length > 0) return <RunsTable turns={turns} open={open} />;
  if (FILTERS.some((name) => said(name) !== "")) {
    return <Empty title="No run is like that.">Choose other filters, or clear them.</Empty>;
  }
  return (
    <Empty title="Nothing has run yet.">
      <Link to="/threads/new">Ask the first question</Link>
    </Empty>
  );
}
