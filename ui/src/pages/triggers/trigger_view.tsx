import { Pause, Play, Send } from "lucide-react";
import { useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { BackLink } from "@/components/back_link";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Facts } from "@/components/facts";
import { JsonView } from "@/components/json_view";
import { Loaded } from "@/components/loaded";
import { Notice, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Tabs } from "@/components/tabs";
import { Time } from "@/components/time";
import { useView } from "@/lib/view";
import { DeadLetters } from "./dead_letters";
import { FiringHistory } from "./firing_history";
import { NextFirings } from "./next_firings";
import { useDeed, useRefusal, useTrigger } from "./queries";
import { SendDialog } from "./send_dialog";
import { begins } from "./triggers_table";
import type { Trigger } from "./types";

/** One trigger: what it fired and will fire, what was given up, and its settings. */
export function TriggerView({ name }: { name: string }) {
  const query = useTrigger(name);
  const { data } = query;
  return (
    <PageFrame
      title={name}
      lead={data === undefined ? undefined : `Runs ${data.settings.graph ?? "a graph"} ${leadOf(data)}.`}
      actions={data === undefined ? undefined : <Deeds trigger={data} />}
    >
      <BackLink to="/triggers">All triggers</BackLink>
      <Loaded query={query}>{(trigger) => <Views trigger={trigger} />}</Loaded>
    </PageFrame>
  );
}

const leadOf = (trigger: Trigger) => (trigger.kind === "event" ? begins(trigger) : `at ${begins(trigger)}`);

function Deeds({ trigger }: { trigger: Trigger }) {
  const announce = useAnnounce();
  const { change } = useView();
  const refusal = useRefusal(trigger);
  const [sending, setSending] = useState(false);
  const deed = useDeed(trigger.name, (_told, done) => {
    if (done.do === "run") {
      announce("It runs now.");
      change({ view: null, status: null });
    } else announce(done.do === "pause" ? "It is paused." : "It goes on.");
  });
  const disabled = refusal !== undefined || deed.isPending;
  return (
    <>
      {trigger.kind === "schedule" ? (
        <Button look="main" disabled={disabled} title={refusal} onClick={() => deed.mutate({ do: "run" })}>
          <Play size={16} aria-hidden /> Run now
        </Button>
      ) : (
        <Button look="main" disabled={disabled} title={refusal} onClick={() => setSending(true)}>
          <Send size={16} aria-hidden /> Run now…
        </Button>
      )}
      <Button
        disabled={disabled}
        title={refusal}
        onClick={() => deed.mutate({ do: trigger.paused ? "resume" : "pause" })}
      >
        {trigger.paused ? <Play size={16} aria-hidden /> : <Pause size={16} aria-hidden />}
        {trigger.paused ? "Resume" : "Pause"}
      </Button>
      {refusal === undefined ? null : <span className="muted">{refusal}</span>}
      {deed.error === null ? null : <ProblemNotice error={deed.error} />}
      {sending ? <SendDialog trigger={trigger} onClose={() => setSending(false)} /> : null}
    </>
  );
}

function Views({ trigger }: { trigger: Trigger }) {
  const { said } = useView();
  const view = said("view");
  const tabs = [
    { value: "history", label: "History" },
    { value: "dead", label: trigger.dead === 0 ? "Dead letters" : `Dead letters (${trigger.dead})` },
    ...(trigger.kind === "schedule" ? [{ value: "next", label: "Next firings" }] : []),
    { value: "settings", label: "Settings" },
  ];
  return (
    <>
      {trigger.paused ? (
        <Notice tone="warn">
          It is paused:{" "}
          {trigger.kind === "schedule" ? "its times pass." : "its events wait until it is resumed."}
        </Notice>
      ) : null}
      <Tabs label="Views of this trigger" name="view" tabs={tabs} forget={["status"]} />
      {view === "dead" ? (
        <DeadLetters trigger={trigger} />
      ) : view === "next" && trigger.kind === "schedule" ? (
        <NextFirings trigger={trigger} />
      ) : view === "settings" ? (
        <SettingsCard trigger={trigger} />
      ) : (
        <FiringHistory trigger={trigger} />
      )}
    </>
  );
}

function SettingsCard({ trigger }: { trigger: Trigger }) {
  const declared = trigger.source !== "api";
  return (
    <Card>
      <Facts
        facts={[
          ["For", trigger.owner],
          ["Changed", <Time key="changed" at={trigger.updated_at} />],
          [
            "Declared",
            declared ? <Badge key="where">in podium.toml</Badge> : <Badge key="where">by API</Badge>,
          ],
        ]}
      />
      <p className="muted">
        {declared ? "Change it in podium.toml." : `Change it with PUT /podium/v1/triggers/${trigger.name}.`}
      </p>
      <JsonView value={trigger.settings} label="Settings" />
    </Card>
  );
}
