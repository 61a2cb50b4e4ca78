import { CalendarClock, Webhook } from "lucide-react";
import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { type Column, Table } from "@/components/table";
import { Time } from "@/components/time";
import { whole } from "@/lib/numbers";
import styles from "./triggers.module.css";
import type { Trigger } from "./types";

/** When a trigger begins something, in words. */
export function begins(trigger: Trigger): string {
  const { schedule, timezone } = trigger.settings;
  return trigger.kind === "event" ? "when an event comes" : `${schedule ?? ""} in ${timezone ?? "UTC"}`;
}

export function TriggersTable({ triggers }: { triggers: Trigger[] }) {
  const columns: Column<Trigger>[] = [
    {
      name: "Trigger",
      cell: (one) => (
        <Link to={`/triggers/${encodeURIComponent(one.name)}`} className={styles.name}>
          {one.kind === "event" ? <Webhook size={16} aria-hidden /> : <CalendarClock size={16} aria-hidden />}
          <bdi>{one.name}</bdi>
        </Link>
      ),
    },
    { name: "Begins", cell: (one) => begins(one) },
    { name: "Runs", cell: (one) => one.settings.graph ?? "–" },
    {
      name: "Next",
      cell: (one) => (one.paused ? <Badge tone="warn">paused</Badge> : <Time at={one.next_at} />),
    },
    { name: "Waiting", numeric: true, cell: (one) => whole(one.waiting) },
    { name: "At work", numeric: true, cell: (one) => whole(one.started) },
    { name: "Dead letters", numeric: true, cell: (one) => <Dead trigger={one} /> },
  ];
  return <Table caption="Triggers" columns={columns} rows={triggers} keyOf={(one) => one.trigger_id} />;
}

function Dead({ trigger }: { trigger: Trigger }) {
  if (trigger.dead === 0) return "0";
  return (
    <Link to={`/triggers/${encodeURIComponent(trigger.name)}?view=dead`}>
      <Badge tone="bad">{whole(trigger.dead)}</Badge>
      <span className="visually-hidden"> dead letters of {trigger.name}</span>
    </Link>
  );
}
