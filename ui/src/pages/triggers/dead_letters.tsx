import { useState } from "react";
import { useAnnounce } from "@/components/announcer";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { JsonView } from "@/components/json_view";
import { Loaded, More } from "@/components/loaded";
import { Empty, Notice, ProblemNotice } from "@/components/notice";
import { ThreadLink, useTitles } from "@/components/thread_link";
import { Time } from "@/components/time";
import { MendDialog } from "./mend_dialog";
import { useDeed, useFirings, useRefusal } from "./queries";
import styles from "./triggers.module.css";
import type { Firing, Trigger } from "./types";

/** What was given up: why, what it said, and two ways to bring it back. */
export function DeadLetters({ trigger }: { trigger: Trigger }) {
  const query = useFirings(trigger.name, { dead: true, status: "" });
  return (
    <>
      <Loaded query={query}>
        {({ pages }) => <Found trigger={trigger} letters={pages.flatMap((page) => page.events)} />}
      </Loaded>
      <More query={query}>Older ones</More>
    </>
  );
}

function Found({ trigger, letters }: { trigger: Trigger; letters: Firing[] }) {
  if (letters.length > 0) {
    return letters.map((letter) => <DeadLetter key={letter.event_id} trigger={trigger} letter={letter} />);
  }
  return (
    <Empty title="Nothing was given up.">
      What fails too often comes here, with its error, until you bring it back.
    </Empty>
  );
}

function DeadLetter({ trigger, letter }: { trigger: Trigger; letter: Firing }) {
  const titles = useTitles();
  const announce = useAnnounce();
  const refusal = useRefusal(trigger);
  const [mending, setMending] = useState(false);
  const replay = useDeed(trigger.name, () => announce(`${letter.event_id} is carried out again.`));
  const disabled = refusal !== undefined || replay.isPending;
  const mendable = letter.kind === "event";
  return (
    <Card
      title={<bdi>{letter.event_id}</bdi>}
      actions={
        <span className={styles.buttons}>
          {mendable ? (
            <Button disabled={disabled} title={refusal} onClick={() => setMending(true)}>
              Mend and replay…
            </Button>
          ) : null}
          <Button
            look="main"
            disabled={disabled}
            title={refusal}
            onClick={() => replay.mutate({ do: "replay", id: letter.event_id })}
          >
            Replay
          </Button>
        </span>
      }
    >
      <Notice tone="bad">
        <p dir="auto">
          <strong>{letter.error || "It failed."}</strong>
        </p>
        <p>
          Given up <Time at={letter.ended_at ?? letter.at} /> after {letter.attempts}{" "}
          {letter.attempts === 1 ? "try" : "tries"}.
          {letter.thread_id === null ? null : (
            <>
              {" "}
              Its thread: <ThreadLink id={letter.thread_id} titles={titles} />
            </>
          )}
        </p>
      </Notice>
      {replay.error === null ? null : <ProblemNotice error={replay.error} />}
      <JsonView value={mendable ? letter.event.data : letter.event} label={`What ${letter.event_id} said`} />
      <p className="muted">
        Replay goes on where it failed.{mendable ? " Mended, it begins anew in a thread of its own." : null}
      </p>
      {mending ? <MendDialog trigger={trigger} letter={letter} onClose={() => setMending(false)} /> : null}
    </Card>
  );
}
