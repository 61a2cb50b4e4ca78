import { useId } from "react";
import { Link } from "react-router";
import { Badge, type Tone } from "@/components/badge";
import { Card } from "@/components/card";
import { FilterBar, SelectFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { Pager, pageOffset } from "@/components/pager";
import { type Column, Table } from "@/components/table";
import { whole } from "@/lib/numbers";
import { exactTime } from "@/lib/times";
import { useView } from "@/lib/view";
import styles from "./evaluations.module.css";
import { figure, runAddress, shortName, signed } from "./figures";
import { Interval } from "./interval";
import { CASES_SIZE, useComparison, useRuns, useSuites } from "./queries";
import type { Change, Comparison, Evaluation } from "./types";

const CHOICE = 200;

/** Two runs of a suite, side by side: is the later one better, worse, or can nobody tell? */
export function CompareView() {
  const { said } = useView();
  const suites = useSuites();
  const ran = (suites.data?.suites ?? []).filter((one) => one.runs > 0);
  const suite = said("suite") || (ran[0]?.name ?? "");
  const runs = useRuns(suite, 0, CHOICE);
  const found = suite === "" ? [] : (runs.data?.body.evaluations ?? []);
  const after = said("after") || (found[0]?.name ?? "");
  const before = said("before") || (found.find((one) => one.name !== after)?.name ?? "");
  const offset = pageOffset(said("page"), CASES_SIZE);
  const comparison = useComparison(before, after, offset);
  const query = { ...comparison, error: comparison.error ?? runs.error ?? suites.error };
  return (
    <>
      <FilterBar>
        <SelectFilter
          label="Suite"
          name="suite"
          options={ran.map(({ name }) => ({ value: name, label: name }))}
          fallback={ran[0]?.name ?? ""}
        />
        <RunChoice label="Before" name="before" value={before} runs={found} />
        <RunChoice label="After" name="after" value={after} runs={found} />
      </FilterBar>
      {query.error === null && (before === "" || before === after) ? (
        <Empty title="There are no two runs to compare yet.">Run the suite again after a change.</Empty>
      ) : (
        <Loaded query={query} what="Comparing">
          {({ body, total }) => (
            <>
              <Metrics found={body} />
              <Cases found={body} />
              <Pager what="cases" total={total} size={CASES_SIZE} shown={body.cases.length} />
            </>
          )}
        </Loaded>
      )}
    </>
  );
}

interface RunChoiceProps {
  label: string;
  name: string;
  value: string;
  runs: Evaluation[];
}

function RunChoice({ label, name, value, runs }: RunChoiceProps) {
  const id = useId();
  const { change } = useView();
  return (
    <label htmlFor={id} className={styles.choice}>
      {label}
      <select id={id} value={value} onChange={(event) => change({ [name]: event.target.value, page: null })}>
        {runs.map((run) => (
          <option key={run.name} value={run.name}>
            {exactTime(run.header.created_at)} · {run.header.versions.model ?? ""} ·{" "}
            {shortName(run.name).slice(-4)}
          </option>
        ))}
      </select>
    </label>
  );
}

const TONES: Record<Change["verdict"], Tone> = { better: "good", worse: "bad", "cannot tell": "neutral" };

type Row = Comparison["metrics"][number];

function Metrics({ found }: { found: Comparison }) {
  const columns: Column<Row>[] = [
    { name: "Metric", cell: ({ name, primary }) => (primary ? <strong>{name}</strong> : name) },
    { name: "Before", numeric: true, cell: ({ change }) => figure(change?.baseline) },
    { name: "After", numeric: true, cell: ({ change }) => figure(change?.now) },
    {
      name: "Difference",
      numeric: true,
      cell: ({ change }) => <strong>{signed(change?.difference)}</strong>,
    },
    {
      name: "95 % interval",
      numeric: true,
      cell: ({ change }) => (change === null ? "–" : `${signed(change.low)} to ${signed(change.high)}`),
    },
    {
      name: "Where it may lie",
      cell: ({ change }) => (change === null ? "–" : <Difference change={change} />),
    },
    {
      name: "Verdict",
      cell: ({ change }) =>
        change === null ? "–" : <Badge tone={TONES[change.verdict]}>{change.verdict}</Badge>,
    },
    {
      name: "Pairs",
      numeric: true,
      cell: ({ change }) =>
        change === null
          ? "–"
          : `${whole(change.pairs)}${change.needed !== null && change.verdict === "cannot tell" ? ` of ${whole(change.needed)} needed` : ""}`,
    },
  ];
  return (
    <Card title="Figures">
      <Table
        caption="Figures of both runs"
        columns={columns}
        rows={found.metrics}
        keyOf={(one) => one.name}
      />
    </Card>
  );
}

function Difference({ change }: { change: Change }) {
  const most = Math.max(Math.abs(change.low), Math.abs(change.high), Math.abs(change.difference), 0.01);
  return (
    <Interval mean={change.difference} low={change.low} high={change.high} ends={[-most, most]} target={0} />
  );
}

function Cases({ found }: { found: Comparison }) {
  const columns: Column<Comparison["cases"][number]>[] = [
    {
      name: "Case",
      cell: (one) => (
        <Link to={runAddress(found.after.name, `?case=${encodeURIComponent(one.case)}`)}>
          <bdi>{one.case}</bdi>
        </Link>
      ),
    },
    { name: "Before", numeric: true, cell: (one) => figure(one.before) },
    { name: "After", numeric: true, cell: (one) => figure(one.now) },
    {
      name: "Difference",
      numeric: true,
      cell: (one) => (
        <Badge tone={(one.difference ?? 0) < 0 ? "bad" : (one.difference ?? 0) > 0 ? "good" : "neutral"}>
          {signed(one.difference)}
        </Badge>
      ),
    },
    { name: "Tags", cell: (one) => one.tags.join(", ") || "–" },
  ];
  return (
    <Card title={`Cases by ${found.metric}, the largest losses first`}>
      <Table caption="Cases of both runs" columns={columns} rows={found.cases} keyOf={(one) => one.case} />
    </Card>
  );
}
