import { useState } from "react";
import { Button } from "@/components/button";
import { Dialog } from "@/components/dialog";
import { Facts } from "@/components/facts";
import { FilterBar, SelectFilter } from "@/components/filters";
import { JsonView } from "@/components/json_view";
import { Loaded, More } from "@/components/loaded";
import { Empty } from "@/components/notice";
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
  const query = useFirings(trigger.name, { dead: false, status });
  return (
    <>
      <FilterBar>
        <SelectFilter label="Outcome" name="status" all="Any" options={statusOptions(FIRING_STATUSES)} />
      </FilterBar>
      <Loaded query={query}>
        {({ pages }) => <Found firings={pages.flatMap((page) => page.events)} filtered={status !== ""} />}
      </Loaded>
      <More query={query}>Older ones</More>
    </>
  );
}

function Found({ firings, filtered }: { firings: Firing[]; filtered: boolean }) {
  if (firings.length > 0) return <FiringsTable firings={firings} />;
  return filtered ? (
    <Empty title="No firing is like that.">Choose another outcome.</Empty>
  ) : (
    <Empty title="It has not fired yet.">Run it now to see what it does.</Empty>
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
        <Button look="link" aria-haspopup="dialog" onClick={() => setOpened(one)}>
          <bdi>{one.kind === "schedule" ? exactTime(one.due_at) : one.event_id}</bdi>
        </Button>
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
      <div className="stack">
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
