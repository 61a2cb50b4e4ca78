import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Facts } from "@/components/facts";
import { FilterBar, SelectFilter } from "@/components/filters";
import { JsonView } from "@/components/json_view";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { StatusBadge, statusOptions } from "@/components/status_badge";
import { type Column, Table } from "@/components/table";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { Time } from "@/components/time";
import { exactTime } from "@/lib/times";
import { useView } from "@/lib/view";
import { useFirings } from "./queries";
import { FIRING_STATUSES } from "./statuses";
import styles from "./triggers.module.css";
import type { Firing, Trigger } from "./types";

/** What a trigger fired, and what became of it. */
export function FiringHistory({ trigger }: { trigger: Trigger }) {
  const { said } = useView();
  const status = said("status");
  const { data, error, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useFirings(trigger.name, {
    dead: false,
    status,
  });
  const firings = data?.pages.flatMap((page) => page.events) ?? [];
  return (
    <>
      <FilterBar>
        <SelectFilter label="Outcome" name="status" all="Any" options={statusOptions(FIRING_STATUSES)} />
      </FilterBar>
      {error === null ? null : <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : null
      ) : firings.length === 0 ? (
        <Empty title={status === "" ? "It has not fired yet." : "No firing is like that."}>
          {status === "" ? "Run it now to see what it does." : "Choose another outcome."}
        </Empty>
      ) : (
        <FiringsTable firings={firings} />
      )}
      {hasNextPage ? (
        <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          Older ones
        </Button>
      ) : null}
    </>
  );
}

function FiringsTable({ firings }: { firings: Firing[] }) {
  const titles = useTitles();
  const [opened, setOpened] = useState<Firing | null>(null);
  const columns: Column<Firing>[] = [
    { name: "Taken", cell: (one) => <Time at={one.at} /> },
    {
      name: "Event",
      cell: (one) => (
        <button type="button" className={styles.link} aria-haspopup="dialog" onClick={() => setOpened(one)}>
          <bdi>{one.kind === "schedule" ? exactTime(one.due_at) : one.event_id}</bdi>
        </button>
      ),
    },
    {
      name: "Outcome",
      cell: (one) => (
        <>
          <StatusBadge statuses={FIRING_STATUSES} status={one.status} />
          {one.error === "" ? null : (
            <p className={styles.error} dir="auto">
              {one.error}
            </p>
          )}
        </>
      ),
    },
    { name: "Failed tries", numeric: true, cell: (one) => one.attempts },
    { name: "Ended", cell: (one) => <Time at={one.ended_at} /> },
    {
      name: "Thread",
      cell: (one) => (one.thread_id === null ? "–" : <ThreadLink id={one.thread_id} titles={titles} />),
    },
  ];
  return (
    <>
      <Table caption="What it fired" columns={columns} rows={firings} keyOf={(one) => one.event_id} />
      {opened === null ? null : <FiringDialog firing={opened} onClose={() => setOpened(null)} />}
    </>
  );
}

function FiringDialog({ firing, onClose }: { firing: Firing; onClose: () => void }) {
  return (
    <Dialog title="Firing" onClose={onClose}>
      <div className={styles.stack}>
        <Facts
          facts={[
            ["Event", <code key="event">{firing.event_id}</code>],
            ["Outcome", <StatusBadge key="status" statuses={FIRING_STATUSES} status={firing.status} />],
            ["Taken", exactTime(firing.at)],
            ["Began", firing.started_at === null ? "–" : exactTime(firing.started_at)],
            ["Ended", firing.ended_at === null ? "–" : exactTime(firing.ended_at)],
            ["In order with", firing.key ?? "–"],
            ["Run", firing.run_id === null ? "–" : <code key="run">{firing.run_id}</code>],
          ]}
        />
        <JsonView value={firing.event} label="What the event said" />
      </div>
    </Dialog>
  );
}
