import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useConnection } from "@/api/session";
import { type Fact, Facts } from "@/components/facts";
import { FilterBar, GraphFilter, RangeFilter, TextFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty, Notice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Pager, pageOffset } from "@/components/pager";
import { Tabs } from "@/components/tabs";
import { money, whole } from "@/lib/numbers";
import { momentsOf, rangeOf } from "@/lib/ranges";
import { duration } from "@/lib/times";
import { useView } from "@/lib/view";
import { summed } from "./sums";
import type { UsageReport, UsageRow } from "./types";
import { UsageTable } from "./usage_table";

const VIEWS = [
  { value: "thread", label: "By thread" },
  { value: "model", label: "By model" },
  { value: "day", label: "By day" },
];
const USUAL = "30d";
const SIZE = 50;
const WHAT = { thread: "threads", model: "models", day: "days" };

function useUsage() {
  const connection = useConnection();
  const { said } = useView();
  const range = rangeOf(said, USUAL);
  const wanted = { by: said("by") || "thread", graph: said("graph"), thread: said("thread") };
  return useQuery({
    queryKey: ["usage", connection.url, wanted, range],
    queryFn: ({ signal }) =>
      connection.call<UsageReport>("/usage", {
        query: { ...wanted, ...momentsOf(range, Date.now()) },
        signal,
      }),
    placeholderData: keepPreviousData,
  });
}

export function Page() {
  const { said } = useView();
  const query = useUsage();
  return (
    <PageFrame title="Usage" lead="What your threads and models have used and cost.">
      <Tabs label="Usage" name="by" tabs={VIEWS} forget={["page"]} />
      <FilterBar names={["range", "since", "until", "graph", "thread"]}>
        <RangeFilter range={rangeOf(said, USUAL)} fallback={USUAL} />
        <GraphFilter />
        <TextFilter label="Thread" name="thread" placeholder="Id of a thread" />
      </FilterBar>
      <Loaded query={query}>{(report) => <Found report={report} />}</Loaded>
    </PageFrame>
  );
}

function Found({ report }: { report: UsageReport }) {
  const { said } = useView();
  const all = useMemo(() => summed(report.rows), [report.rows]);
  const offset = pageOffset(said("page"), SIZE);
  const rows = report.rows.slice(offset, offset + SIZE);
  if (report.rows.length === 0) {
    return report.by === "model" ? (
      <Empty title="No model was asked in this time.">
        The offline agents answer without one, and cost nothing.
      </Empty>
    ) : (
      <Empty title="Nothing was used in this time.">Choose a longer time, or clear the filters.</Empty>
    );
  }
  return (
    <>
      <Sums all={all} by={report.by} />
      {all.unpriced === 0 ? null : (
        <Notice tone="warn">
          The price of {whole(all.unpriced)} {all.unpriced === 1 ? "call is" : "calls are"} not known, so the
          cost lacks them. Name prices in podium.toml.
        </Notice>
      )}
      <UsageTable by={report.by} rows={rows} all={all} />
      <Pager what={WHAT[report.by]} total={report.rows.length} size={SIZE} shown={rows.length} />
    </>
  );
}

function Sums({ all, by }: { all: UsageRow; by: UsageReport["by"] }) {
  const facts: Fact[] = [
    ["Cost", money(all.cost)],
    ["Tokens read", whole(all.input_tokens)],
    ["Tokens written", whole(all.output_tokens)],
    ["Model calls", whole(all.model_calls)],
    ...(by === "model" ? [] : [["Turns", whole(all.runs)] as const]),
    ["Time", duration(all.seconds)],
  ];
  return <Facts look="sums" facts={facts} />;
}
