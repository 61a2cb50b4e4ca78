import { useDeferredValue, useMemo, useRef } from "react";
import { useParams } from "react-router";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Panes } from "@/components/panes";
import { SearchInput } from "@/components/search_input";
import { ToolBar } from "@/components/tool_bar";
import { useBell } from "@/lib/bell";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { useThreadEvents } from "@/steps/live";
import { type LoadedTrace, useTrace } from "./load";
import { type Filter, groupRuns, type RunGroup, rowsOf } from "./rows";
import { KIND_NAMES, SPAN_KINDS, type Span, type SpanKind } from "./span";
import { SpanDetails } from "./span_details";
import styles from "./trace.module.css";
import { Waterfall } from "./waterfall";

const REFRESH_MS = 1_000;

/** What the address says of this page. */
function useTraceView() {
  const { said, change } = useView();
  const kinds = said("kind").split(",") as SpanKind[];
  return {
    words: said("q"),
    kinds: kinds.filter((kind) => SPAN_KINDS.includes(kind)),
    run: said("run") || null,
    errors: said("errors") !== "",
    span: said("span") === "" ? null : Number(said("span")),
    folded: said("folded").split(",").filter(Boolean),
    set: change,
  };
}

type View = ReturnType<typeof useTraceView>;

const toggled = <Value,>(list: Value[], value: Value) =>
  list.includes(value) ? list.filter((one) => one !== value) : [...list, value];

function Tools({
  groups,
  view,
  counts,
  shown,
  total,
}: {
  groups: RunGroup[];
  view: View;
  counts: ReadonlyMap<SpanKind, number>;
  shown: number;
  total: number;
}) {
  return (
    <ToolBar label="Spans" found={shown} total={total}>
      <SearchInput
        label="Search spans"
        placeholder="Search: names, prompts, results…"
        value={view.words}
        onChange={(words) => view.set({ q: words })}
      />
      {groups.length > 1 ? (
        <select
          aria-label="Which run"
          value={view.run ?? ""}
          onChange={(event) => view.set({ run: event.target.value, span: null })}
        >
          <option value="">All runs</option>
          {groups.slice(0, 500).map((group, at) => (
            <option key={group.runId} value={group.runId}>
              Run {groups.length - at}
              {at === 0 ? " (the latest)" : ""}
            </option>
          ))}
        </select>
      ) : null}
      <fieldset className={styles.kinds}>
        <legend className="visually-hidden">Kinds</legend>
        {SPAN_KINDS.filter((kind) => counts.has(kind)).map((kind) => (
          <Button
            key={kind}
            small
            aria-pressed={view.kinds.includes(kind)}
            className={view.kinds.includes(kind) ? styles.pressed : undefined}
            onClick={() => view.set({ kind: toggled(view.kinds, kind).join(",") })}
          >
            {KIND_NAMES[kind]} {whole(counts.get(kind) ?? 0)}
          </Button>
        ))}
        <Button
          small
          aria-pressed={view.errors}
          className={view.errors ? styles.pressed : undefined}
          onClick={() => view.set({ errors: view.errors ? null : "1" })}
        >
          Failed only
        </Button>
      </fieldset>
    </ToolBar>
  );
}

/** The latest call before one of the same agent. */
function callBefore(spans: readonly Span[], span: Span | undefined): Span | undefined {
  const role = span?.model?.role;
  if (span === undefined || role === undefined) return undefined;
  return spans.findLast((one) => one.seq < span.seq && one.model?.role === role);
}

function useGroups(trace: LoadedTrace): RunGroup[] {
  const before = useRef<RunGroup[]>([]);
  return useMemo(() => {
    before.current = groupRuns(trace, before.current);
    return before.current;
  }, [trace]);
}

function TraceView({ trace, threadId, view }: { trace: LoadedTrace; threadId: string; view: View }) {
  const groups = useGroups(trace);
  const counts = useMemo(() => {
    const told = new Map<SpanKind, number>();
    for (const span of trace.spans) told.set(span.kind, (told.get(span.kind) ?? 0) + 1);
    return told;
  }, [trace]);
  const words = useDeferredValue(view.words);
  const kinds = view.kinds.join(",");
  const folded = view.folded.join(",");
  const rows = useMemo(() => {
    const filter: Filter = {
      kinds: new Set(kinds.split(",").filter(Boolean) as SpanKind[]),
      words,
      run: view.run,
      errors: view.errors,
    };
    return rowsOf(groups, filter, new Set(folded.split(",").filter(Boolean)));
  }, [groups, kinds, words, view.run, view.errors, folded]);
  const shown = useMemo(
    () => rows.reduce((sum, row) => sum + (row.kind === "run" ? row.shown : 0), 0),
    [rows],
  );
  const chosen = view.span === null ? undefined : trace.spans.find((span) => span.seq === view.span);
  if (trace.spans.length === 0) {
    return (
      <Empty title="Nothing is recorded yet">
        A run appears here when it calls a model or a tool, searches, fails or takes longer than a second. Its
        steps are in the history.
      </Empty>
    );
  }
  const waterfall =
    rows.length === 0 ? (
      <Empty title="No span fits">
        <Button onClick={() => view.set({ q: null, kind: null, run: null, errors: null })}>Show all</Button>
      </Empty>
    ) : (
      <Waterfall
        rows={rows}
        folded={new Set(view.folded)}
        selected={view.span}
        onSelect={(seq) => view.set({ span: String(seq) })}
        onFold={(group) => view.set({ folded: toggled(view.folded, group.runId).join(",") })}
      />
    );
  return (
    <>
      <Tools groups={groups} view={view} counts={counts} shown={shown} total={trace.spans.length} />
      {trace.whole ? null : <Loading what={`Loading more, ${whole(trace.spans.length)} spans so far`} />}
      <Panes widths="minmax(0, 6fr) minmax(0, 5fr)" kept={waterfall}>
        {chosen === undefined ? null : (
          <SpanDetails
            key={chosen.seq}
            threadId={threadId}
            span={chosen}
            before={callBefore(trace.spans, chosen)}
            within={trace.spans.filter((span) => span.parent_id === chosen.span_id)}
            onClose={() => view.set({ span: null })}
          />
        )}
      </Panes>
    </>
  );
}

function OwnTrace() {
  const { threadId = "" } = useParams();
  const view = useTraceView();
  const trace = useTrace(threadId);
  const refresh = useBell(trace.refresh, REFRESH_MS);
  useThreadEvents(threadId, ({ mode }) => {
    if (!mode.startsWith("messages")) refresh();
  });
  if (trace.error !== null && trace.data === undefined) {
    return <ProblemNotice error={trace.error} onRetry={() => void trace.refetch()} />;
  }
  if (trace.data === undefined) return <Loading what="Loading the trace" />;
  return <TraceView trace={trace.data} threadId={threadId} view={view} />;
}

export function Page() {
  const { isPodium } = useSession();
  return (
    <PageFrame
      title="Trace"
      lead="What each run did, when and for how long: prompts as they were sent, tools, searches and checks."
    >
      {isPodium ? (
        <OwnTrace />
      ) : (
        <Empty title="This server keeps no trace">Only Podium's own servers do.</Empty>
      )}
    </PageFrame>
  );
}
