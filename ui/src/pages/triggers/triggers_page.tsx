import { useParams } from "react-router";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { useTriggers } from "./queries";
import { TriggerView } from "./trigger_view";
import { TriggersTable } from "./triggers_table";

export function Page() {
  const { name } = useParams();
  return name === undefined ? <All /> : <TriggerView key={name} name={name} />;
}

function All() {
  const { data, error, refetch } = useTriggers();
  return (
    <PageFrame title="Triggers" lead="What begins work without a chat: events that come, and the clock.">
      {error === null ? null : <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null ? <Loading /> : null : null}
      {data?.triggers.length === 0 ? (
        <Empty title="Nothing begins by itself yet.">
          Declare a trigger in podium.toml, such as <code>[triggers.morning]</code> with{" "}
          <code>kind = "schedule"</code>, <code>graph</code> and <code>schedule = "30 6 * * 1-5"</code>, or
          make one with <code>PUT /podium/v1/triggers/NAME</code>.
        </Empty>
      ) : data === undefined ? null : (
        <TriggersTable triggers={data.triggers} />
      )}
    </PageFrame>
  );
}
