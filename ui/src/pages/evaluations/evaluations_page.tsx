import { useParams } from "react-router";
import { useMay } from "@/api/session";
import { Notice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Tabs } from "@/components/tabs";
import { useView } from "@/lib/view";
import { CompareView } from "./compare_view";
import { RunView } from "./run_view";
import { RunsView } from "./runs_view";
import { SuitesView } from "./suites_view";

const VIEWS = [
  { value: "suites", label: "Suites" },
  { value: "runs", label: "Runs" },
  { value: "compare", label: "Compare" },
];

export function Page() {
  const { name } = useParams();
  const may = useMay("run_project");
  if (!may) {
    return (
      <PageFrame title="Evaluations">
        <Notice>Evaluations are for those who run the project; your key is not one of theirs.</Notice>
      </PageFrame>
    );
  }
  return name === undefined ? <All /> : <RunView key={name} name={name} />;
}

function All() {
  const { said } = useView();
  const view = said("view");
  return (
    <PageFrame
      title="Evaluations"
      lead="How good the agents are: suites of cases, what their runs came to, and whether a change made them better."
    >
      <Tabs label="Views of the evaluations" name="view" tabs={VIEWS} forget={["page"]} />
      {view === "runs" ? <RunsView /> : view === "compare" ? <CompareView /> : <SuitesView />}
    </PageFrame>
  );
}
