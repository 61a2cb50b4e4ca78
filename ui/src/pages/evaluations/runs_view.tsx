import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { FilterBar, SelectFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { Pager, pageOffset } from "@/components/pager";
import { type Column, Table } from "@/components/table";
import { Time } from "@/components/time";
import { whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { useView } from "@/lib/view";
import { compareAddress, runAddress, shortName } from "./figures";
import { RUNS_SIZE, useRuns, useSuites } from "./queries";
import type { Evaluation } from "./types";

/** Every run of the suites, the latest first. */
export function RunsView() {
  const { said } = useView();
  const suites = useSuites();
  const query = useRuns(said("suite"), pageOffset(said("page"), RUNS_SIZE));
  const columns: Column<Evaluation>[] = [
    { name: "Run", cell: (run) => <Link to={runAddress(run.name)}>{shortName(run.name)}</Link> },
    { name: "Suite", cell: (run) => run.header.suite },
    { name: "Began", cell: (run) => <Time at={run.header.created_at} /> },
    { name: "Model", cell: (run) => run.header.versions.model ?? "–" },
    { name: "Cases", numeric: true, cell: (run) => whole(run.header.planned) },
    { name: "Took", numeric: true, cell: (run) => duration(run.end?.seconds) },
    {
      name: "State",
      cell: (run) =>
        run.end === null ? (
          <Badge tone="warn">not ended</Badge>
        ) : run.end.stopped === "" ? (
          <Badge tone="good">ended</Badge>
        ) : (
          <Badge tone="warn">{run.end.stopped}</Badge>
        ),
    },
    {
      name: "Compare",
      cell: (run) => (
        <Link to={compareAddress(run.header.suite, run.name)}>
          Compare<span className="visually-hidden"> {shortName(run.name)}</span>
        </Link>
      ),
    },
  ];
  return (
    <>
      <FilterBar>
        <SelectFilter
          label="Suite"
          name="suite"
          all="Any"
          options={(suites.data?.suites ?? []).map(({ name }) => ({ value: name, label: name }))}
        />
      </FilterBar>
      <Loaded query={query}>
        {({ body: { evaluations }, total }) => (
          <>
            {evaluations.length === 0 ? (
              <Empty title="No run is here.">Run a suite, here or with podium eval run.</Empty>
            ) : (
              <Table
                caption="Runs of suites"
                columns={columns}
                rows={evaluations}
                keyOf={(run) => run.name}
              />
            )}
            <Pager what="runs" total={total} size={RUNS_SIZE} shown={evaluations.length} />
          </>
        )}
      </Loaded>
    </>
  );
}
