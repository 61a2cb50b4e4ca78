import { Link } from "react-router";
import { BackLink } from "@/components/back_link";
import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { Loaded } from "@/components/loaded";
import { Empty, Notice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { type Column, Table } from "@/components/table";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { CalibrationTable } from "./calibration_table";
import { CasesView } from "./cases_view";
import styles from "./evaluations.module.css";
import { compareAddress, endsOf, figure, shortName } from "./figures";
import { Interval } from "./interval";
import { useReport } from "./queries";
import { RunProgressBox, useRunProgress } from "./run_progress";
import type { Metric, Report } from "./types";

/** One run of a suite: its figures with their intervals, its gate and its cases. */
export function RunView({ name }: { name: string }) {
  const progress = useRunProgress(name);
  const beginning = progress?.state === "running" && progress.done === 0;
  const query = useReport(name, !beginning);
  const { data } = query;
  return (
    <PageFrame
      title={data?.suite ?? name.split("/", 1)[0] ?? name}
      lead={`Run ${shortName(name)}`}
      actions={
        data === undefined ? null : (
          <Link to={compareAddress(data.suite, name)}>Compare with another run</Link>
        )
      }
    >
      <BackLink
        to={`/evaluations?view=runs${data === undefined ? "" : `&suite=${encodeURIComponent(data.suite)}`}`}
      >
        All runs
      </BackLink>
      <RunProgressBox name={name} progress={progress} />
      {beginning ? null : (
        <Loaded query={query}>
          {(report) =>
            report.runs === 0 ? (
              <Empty title="No case has ended yet." />
            ) : (
              <Whole name={name} report={report} />
            )
          }
        </Loaded>
      )}
    </PageFrame>
  );
}

function Whole({ name, report }: { name: string; report: Report }) {
  return (
    <>
      <Verdict report={report} />
      <Card title="Figures">
        <Figures report={report} />
      </Card>
      <Card title="Cases">
        <CasesView name={name} metrics={report.metrics.map((metric) => metric.name)} />
      </Card>
      {report.gate.length === 0 ? null : (
        <Card title="What was to hold">
          <Gate report={report} />
        </Card>
      )}
      {report.calibration === null ? null : (
        <Card title="Confidence against what was right">
          <CalibrationTable calibration={report.calibration} />
        </Card>
      )}
    </>
  );
}

const VERDICTS = {
  passed: { tone: "good", words: "Passed: what was to hold holds." },
  failed: { tone: "bad", words: "Not passed: something that was to hold does not." },
  none: { tone: "info", words: "Nothing was asked to hold." },
} as const;

function Verdict({ report }: { report: Report }) {
  const { tone, words } = VERDICTS[report.passed === null ? "none" : report.passed ? "passed" : "failed"];
  const { spent } = report;
  return (
    <Notice tone={tone}>
      <p>
        <strong>{words}</strong>
      </p>
      <p>
        {whole(report.cases)} cases, {whole(report.runs)} trials, {whole(report.errors)} errors ·{" "}
        {report.target} · model: {report.versions.model ?? "–"}
        {spent === null
          ? null
          : ` · half within ${duration(spent.seconds?.p50)}, ${whole(spent.tokens)} tokens, ${money(spent.cost)}`}
      </p>
    </Notice>
  );
}

function Figures({ report }: { report: Report }) {
  const columns: Column<Metric>[] = [
    {
      name: "Metric",
      cell: (metric) => (
        <>
          {metric.name} {metric.primary ? <Badge tone="accent">primary</Badge> : null}
        </>
      ),
    },
    { name: "Mean", numeric: true, cell: (metric) => <strong>{figure(metric.range?.mean)}</strong> },
    {
      name: "95 % interval",
      numeric: true,
      cell: ({ range }) => (range === null ? "–" : `${figure(range.low)} to ${figure(range.high)}`),
    },
    {
      name: "Where it may lie",
      cell: (metric) => (metric.range === null ? "–" : <Interval {...metric.range} ends={endsOf(metric)} />),
    },
    { name: "Trials", numeric: true, cell: ({ range }) => whole(range?.n ?? 0) },
    {
      name: "Note",
      cell: ({ range, missing, errors }) =>
        [
          range !== null && !range.reliable ? "few cases: take it with care" : "",
          missing > 0 ? `${whole(missing)} without a score` : "",
          errors > 0 ? `${whole(errors)} errors` : "",
        ]
          .filter(Boolean)
          .join(", ") || "–",
    },
  ];
  return <Table caption="Figures" columns={columns} rows={report.metrics} keyOf={(metric) => metric.name} />;
}

function Gate({ report }: { report: Report }) {
  return (
    <ul className={styles.gate}>
      {report.gate.map((one) => (
        <li key={`${one.rule} ${one.slice}`}>
          <Badge tone={one.passed === null ? "neutral" : one.passed ? "good" : "bad"}>
            {one.passed === null ? "cannot tell" : one.passed ? "holds" : "does not hold"}
          </Badge>
          <span>
            {one.rule}
            {one.slice === "" ? null : ` for ${one.slice}`} <span className="muted">{one.reason}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}
