import { useParams } from "react-router";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { useTriggers } from "./queries";
import { TriggerView } from "./trigger_view";
import { TriggersTable } from "./triggers_table";

export function Page() {
  const { name } = useParams();
  return name === undefined ? <All /> : <TriggerView key={name} name={name} />;
}

function All() {
  const query = useTriggers();
  return (
    <PageFrame title="Triggers" lead="What begins work without a chat: events that come, and the clock.">
      <Loaded query={query}>
        {({ triggers }) => (triggers.length === 0 ? <None /> : <TriggersTable triggers={triggers} />)}
      </Loaded>
    </PageFrame>
  );
}

function None() {
  return (
    <Empty title="Nothing begins by itself yet.">
      Declare a trigger in podium.toml, such as <code>[triggers.morning]</code> with{" "}
      <code>kind = "schedule"</code>, <code>graph</code> and <code>schedule = "30 6 * * 1-5"</code>, or make
      one with <code>PUT /podium/v1/triggers/NAME</code>.
    </Empty>
  );
}
