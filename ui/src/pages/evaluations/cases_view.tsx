import { useId } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { FilterBar, SelectFilter, TextFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { Pager, pageOffset } from "@/components/pager";
import { type Column, Table } from "@/components/table";
import { duration } from "@/lib/times";
import { useView } from "@/lib/view";
import { CaseDialog } from "./case_dialog";
import styles from "./evaluations.module.css";
import { figure } from "./figures";
import { CASES_SIZE, useCases } from "./queries";
import type { CaseRow } from "./types";

const ORDERS = [
  { value: "worst", label: "Worst first" },
  { value: "log", label: "As they ran" },
];

/** The cases of a run, the worst first; one opens with its answer, scores and reasons. */
export function CasesView({ name, metrics }: { name: string; metrics: string[] }) {
  const id = useId();
  const { said, change } = useView();
  const query = useCases(name, {
    metric: said("metric"),
    order: said("order") || "worst",
    tag: said("tag"),
    failed: said("failed") === "true",
    offset: pageOffset(said("page"), CASES_SIZE),
  });
  const opened = said("case");
  return (
    <>
      <FilterBar names={["metric", "order", "tag", "failed"]}>
        <SelectFilter
          label="Judged by"
          name="metric"
          options={metrics.map((one) => ({ value: one, label: one }))}
          fallback={query.data?.body.metric ?? metrics[0] ?? ""}
        />
        <SelectFilter label="Order" name="order" options={ORDERS} fallback="worst" />
        <TextFilter label="Tag" name="tag" />
        <label htmlFor={id} className={styles.check}>
          <input
            id={id}
            type="checkbox"
            checked={said("failed") === "true"}
            onChange={(event) => change({ failed: event.target.checked ? "true" : null, page: null })}
          />
          Only what went wrong
        </label>
      </FilterBar>
      <Loaded query={query}>
        {({ body: { cases, metric }, total }) => (
          <>
            {cases.length === 0 ? (
              <Empty title="No case is like that." />
            ) : (
              <CasesTable metric={metric} cases={cases} />
            )}
            <Pager what="cases" total={total} size={CASES_SIZE} shown={cases.length} />
          </>
        )}
      </Loaded>
      {opened === "" ? null : (
        <CaseDialog
          key={opened}
          name={name}
          id={opened}
          epoch={Number(said("epoch")) || 0}
          onClose={() => change({ case: null, epoch: null })}
        />
      )}
    </>
  );
}

function CasesTable({ metric, cases }: { metric: string; cases: CaseRow[] }) {
  const { change } = useView();
  const columns: Column<CaseRow>[] = [
    {
      name: "Case",
      cell: (one) => (
        <Button
          look="link"
          aria-haspopup="dialog"
          onClick={() =>
            change({ case: one.case, epoch: one.epoch === 0 ? null : String(one.epoch) }, { push: true })
          }
        >
          <bdi>{one.case}</bdi>
          {one.epoch === 0 ? null : ` (${one.epoch + 1})`}
        </Button>
      ),
    },
    { name: metric, numeric: true, cell: (one) => <Score row={one} /> },
    {
      name: "What was asked",
      cell: (one) => (
        <div className={styles.input} dir="auto">
          {one.input}
        </div>
      ),
    },
    {
      name: "Why",
      cell: (one) => (
        <div className={one.error === "" ? styles.reason : styles.error} dir="auto">
          {one.error || one.reason || "–"}
        </div>
      ),
    },
    { name: "Took", numeric: true, cell: (one) => duration(one.seconds) },
  ];
  return <Table caption="Cases" columns={columns} rows={cases} keyOf={(one) => `${one.case} ${one.epoch}`} />;
}

function Score({ row }: { row: CaseRow }) {
  if (row.error !== "") return <Badge tone="bad">error</Badge>;
  if (row.score === null) return "–";
  const tone = row.score >= 1 ? "good" : row.score <= 0 ? "bad" : "warn";
  return <Badge tone={tone}>{figure(row.score)}</Badge>;
}
