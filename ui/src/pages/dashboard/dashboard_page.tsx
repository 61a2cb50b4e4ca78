import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link } from "react-router";
import { useSession } from "@/api/session";
import { FilterBar, GraphFilter, RangeFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty, Loading } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { momentsOf, rangeOf } from "@/lib/ranges";
import { useView } from "@/lib/view";
import { GuardrailsCard } from "./guardrails_card";
import { ObjectivesCard } from "./objectives_card";
import { PeopleCard } from "./people_card";
import { Tiles } from "./tiles";
import type { Figures } from "./types";
import { bucketsOf } from "./words";

const Charts = lazy(() => import("./drawings"));
const USUAL = "24h";
const AGAIN_MS = 30_000;

function useFigures() {
  const { connection } = useSession();
  const { said } = useView();
  const range = rangeOf(said, USUAL);
  const graph = said("graph");
  return useQuery({
    queryKey: ["dashboard", connection.url, range, graph],
    queryFn: ({ signal }) =>
      connection.call<Figures>("/dashboard", {
        query: { ...momentsOf(range, Date.now()), graph, buckets: bucketsOf(range.name) },
        signal,
      }),
    placeholderData: keepPreviousData,
    refetchInterval: AGAIN_MS,
  });
}

export function Page() {
  const { said } = useView();
  const query = useFigures();
  return (
    <PageFrame
      title="Dashboard"
      lead="How things go: speed, success, confidence, guardrails, cost and people."
    >
      <FilterBar names={["range", "since", "until", "graph"]}>
        <RangeFilter range={rangeOf(said, USUAL)} fallback={USUAL} open={false} />
        <GraphFilter />
      </FilterBar>
      <Loaded query={query}>{(figures) => <Whole figures={figures} />}</Loaded>
    </PageFrame>
  );
}

function Whole({ figures }: { figures: Figures }) {
  return (
    <>
      {figures.runs.total === 0 ? (
        <Empty title="Nothing ran in this time.">
          <Link to="/threads/new">Ask a question</Link>, or choose a longer time.
        </Empty>
      ) : (
        <Tiles figures={figures} />
      )}
      <ObjectivesCard objectives={figures.objectives} />
      {figures.runs.total === 0 ? null : (
        <>
          <Suspense fallback={<Loading what="Drawing" />}>
            <Charts figures={figures} />
          </Suspense>
          <GuardrailsCard activations={figures.guardrails} />
          <PeopleCard people={figures.people} />
        </>
      )}
    </>
  );
}
