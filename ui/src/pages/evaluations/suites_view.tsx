import { Play, Plus } from "lucide-react";
import { useState } from "react";
import { Link } from "react-router";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Loaded } from "@/components/loaded";
import { Empty, Notice } from "@/components/notice";
import { Time } from "@/components/time";
import { whole } from "@/lib/numbers";
import { AddCaseDialog } from "./add_case_dialog";
import styles from "./evaluations.module.css";
import { runAddress } from "./figures";
import { useSuites } from "./queries";
import { RunSuiteDialog } from "./run_suite_dialog";
import type { Suite } from "./types";

/** The suites of the project. */
export function SuitesView() {
  return <Loaded query={useSuites()}>{({ suites }) => <Found suites={suites} />}</Loaded>;
}

function Found({ suites }: { suites: Suite[] }) {
  if (suites.length === 0) {
    return (
      <Empty title="The project has no suites yet.">
        Write one as <code>evals/NAME.yaml</code>, with its cases and scorers.
      </Empty>
    );
  }
  const ran = [...suites].sort((a, b) =>
    (b.latest?.header.created_at ?? "").localeCompare(a.latest?.header.created_at ?? ""),
  );
  return (
    <ul className={styles.suites}>
      {ran.map((suite) => (
        <li key={suite.name}>
          <SuiteCard suite={suite} />
        </li>
      ))}
    </ul>
  );
}

function SuiteCard({ suite }: { suite: Suite }) {
  const [open, setOpen] = useState<"run" | "add" | null>(null);
  const { latest } = suite;
  return (
    <Card
      title={<bdi>{suite.name}</bdi>}
      actions={
        <span className={styles.buttons}>
          <Button small disabled={suite.problem !== null} onClick={() => setOpen("add")}>
            <Plus size={15} aria-hidden /> Add a case<span className="visually-hidden"> to {suite.name}</span>
          </Button>
          <Button small disabled={suite.problem !== null} onClick={() => setOpen("run")}>
            <Play size={15} aria-hidden /> Run<span className="visually-hidden"> {suite.name}</span>
          </Button>
        </span>
      }
    >
      {suite.description === "" ? null : <p dir="auto">{suite.description}</p>}
      {suite.problem === null ? null : (
        <Notice tone="bad">
          <p>{suite.problem.detail}</p>
          <p>{suite.problem.hint}</p>
        </Notice>
      )}
      <p className="muted">
        {suite.cases === null || suite.cases === undefined ? null : `${whole(suite.cases)} cases · `}
        {suite.primary === "" ? null : `judged by ${suite.primary} · `}
        {suite.runs === 0 ? "never run" : `${whole(suite.runs)} ${suite.runs === 1 ? "run" : "runs"}`}
        {suite.runs === 0 ? null : (
          <>
            {" · "}
            <Link to={`/evaluations?view=runs&suite=${encodeURIComponent(suite.name)}`}>all runs</Link>
          </>
        )}
        {latest === null ? null : (
          <>
            {" · "}
            <Link to={runAddress(latest.name)}>
              latest run<span className="visually-hidden"> of {suite.name}</span>
            </Link>{" "}
            <Time at={latest.header.created_at} />
          </>
        )}
      </p>
      {open === "add" ? <AddCaseDialog suite={suite.name} onClose={() => setOpen(null)} /> : null}
      {open === "run" ? <RunSuiteDialog suite={suite} onClose={() => setOpen(null)} /> : null}
    </Card>
  );
}
