import {
  Bot,
  Box,
  ChevronDown,
  ChevronRight,
  CircleDot,
  type LucideIcon,
  Play,
  Search,
  Send,
  ShieldCheck,
  Wrench,
} from "lucide-react";
import { Badge, type Tone } from "@/components/badge";
import { Time } from "@/components/time";
import { VirtualList } from "@/components/virtual_list";
import { classes } from "@/lib/classes";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import type { Axis } from "./axis";
import { type Row, type RunGroup, spanKey } from "./rows";
import type { Span, SpanKind } from "./span";
import styles from "./trace.module.css";

const ROW = 34;
const INDENT = 14;

const ICONS: Record<SpanKind, LucideIcon> = {
  run: Play,
  node: Box,
  model: Bot,
  tool: Wrench,
  retrieval: Search,
  guardrail: ShieldCheck,
  request: Send,
  event: CircleDot,
};

const STATUS: Record<string, Tone> = {
  completed: "good",
  success: "good",
  interrupted: "warn",
  failed: "bad",
  error: "bad",
};

const share = (part: number) => `${(part * 100).toFixed(3)}%`;

function Bar({ span, axis }: { span: Span; axis: Axis }) {
  const from = axis.at(span.started_ms);
  const until = axis.at(span.started_ms + span.seconds * 1_000);
  return (
    <span className={styles.track} aria-hidden="true">
      {axis.pauses.map((pause) => (
        <span
          key={pause.from}
          className={styles.pause}
          style={{
            left: share(axis.at(pause.from)),
            width: share(axis.at(pause.until) - axis.at(pause.from)),
          }}
        />
      ))}
      <span
        className={classes(styles.bar, styles[span.kind], span.status === "error" && styles.error)}
        style={{ left: share(from), width: span.kind === "event" ? "6px" : share(until - from) }}
      />
    </span>
  );
}

/** What a span is called in the list. */
export function nameOf(span: Span): string {
  if (span.model) return `${span.model.role || "model"}: ${span.model.model}`;
  if (span.tool) return span.tool.tool;
  const verdict = span.guardrail?.verdict;
  if (verdict) return `${verdict.rule}: ${verdict.outcome}`;
  if (span.guardrail) return `check of the ${span.guardrail.stage}`;
  if (span.retrieval) return `search${span.retrieval.step === "" ? "" : ` for ${span.retrieval.step}`}`;
  return span.name;
}

/** How long it took, where that is more than nothing. */
const took = (seconds: number) => (seconds < 0.0005 ? "<1 ms" : duration(seconds));

/** Figures of a span beside its time. */
function figureOf(span: Span): string {
  if (span.model) return `${whole((span.model.input_tokens ?? 0) + (span.model.output_tokens ?? 0))} tok`;
  if (span.retrieval) return `${span.retrieval.hits.length} found`;
  return "";
}

function SpanRow({ row }: { row: Extract<Row, { kind: "span" }> }) {
  const { span, depth, dimmed, group } = row;
  const Icon = ICONS[span.kind];
  return (
    <div className={styles.spanRow}>
      <span
        className={classes(styles.name, dimmed && styles.dimmed)}
        style={{ paddingLeft: 8 + depth * INDENT }}
      >
        <Icon size={15} aria-hidden className={styles[`${span.kind}Icon`]} />
        <span className="visually-hidden">{span.kind} </span>
        <span className={styles.label}>{nameOf(span)}</span>
        {span.status === "error" ? <Badge tone="bad">{span.error || "error"}</Badge> : null}
        {span.model?.cached ? <Badge>cached</Badge> : null}
      </span>
      <Bar span={span} axis={group.axis} />
      <span className={styles.figure}>{figureOf(span)}</span>
      <span className={styles.figure}>{span.model ? money(span.model.cost) : ""}</span>
      <span className={styles.figure}>{span.kind === "event" ? "" : took(span.seconds)}</span>
    </div>
  );
}

function RunRow({ row, folded }: { row: Extract<Row, { kind: "run" }>; folded: boolean }) {
  const { group, place, shown } = row;
  const { run } = group;
  const paused = group.axis.pauses.reduce((sum, pause) => sum + pause.until - pause.from, 0) / 1_000;
  const Fold = folded ? ChevronRight : ChevronDown;
  return (
    <div className={styles.runRow}>
      <Fold size={16} aria-hidden className={styles.fold} />
      <strong>Run {place}</strong>
      {run === null ? null : <Badge tone={STATUS[run.status] ?? "neutral"}>{run.status}</Badge>}
      <span className={styles.runFacts}>
        <Time at={run?.started_at} /> · {duration(group.seconds - paused)}
        {paused > 0 ? ` and ${duration(paused)} of waiting` : ""} · {whole(shown)} spans
        {group.tokens > 0 ? ` · ${whole(group.tokens)} tokens` : ""}
        {group.cost === null ? "" : ` · ${money(group.cost)}`}
      </span>
      {group.errors > 0 ? <Badge tone="bad">{group.errors} failed</Badge> : null}
    </div>
  );
}

interface WaterfallProps {
  rows: Row[];
  folded: ReadonlySet<string>;
  selected: number | null;
  onSelect: (seq: number) => void;
  onFold: (group: RunGroup) => void;
}

/** The next row with a span, from a place on, in a direction. */
function spanFrom(rows: Row[], place: number, step: 1 | -1): Extract<Row, { kind: "span" }> | null {
  for (let at = place; at >= 0 && at < rows.length; at += step) {
    const row = rows[at];
    if (row?.kind === "span") return row;
  }
  return null;
}

/** The run of a span that may be folded away. */
function groupWith(rows: Row[], seq: number | null): RunGroup | null {
  const row = rows.find((one) => one.kind === "run" && one.group.spans.some(({ span }) => span.seq === seq));
  return row?.group ?? null;
}

/** Spans as bars over time. */
export function Waterfall({ rows, folded, selected, onSelect, onFold }: WaterfallProps) {
  const fold = (open: boolean) => {
    const group = groupWith(rows, selected);
    if (group !== null && folded.has(group.runId) === open) onFold(group);
  };
  const move = (place: number, isUp: boolean) => {
    const row = spanFrom(rows, place, isUp ? -1 : 1) ?? spanFrom(rows, place, isUp ? 1 : -1);
    if (row !== null) onSelect(row.span.seq);
  };
  return (
    <VirtualList
      role="tree"
      label="Spans, the latest run first"
      rows={rows}
      keyOf={(row) => row.key}
      height={ROW}
      chosen={selected === null ? null : spanKey(selected)}
      onPick={(row) => (row.kind === "run" ? onFold(row.group) : onSelect(row.span.seq))}
      onMove={move}
      onOpen={fold}
      attributesOf={(row) =>
        row.kind === "run"
          ? { "aria-level": 1, "aria-expanded": !folded.has(row.group.runId) }
          : {
              "aria-level": row.depth + 2,
              "aria-selected": row.span.seq === selected,
              "data-kind": row.span.kind,
            }
      }
    >
      {(row) =>
        row.kind === "run" ? <RunRow row={row} folded={folded.has(row.group.runId)} /> : <SpanRow row={row} />
      }
    </VirtualList>
  );
}
