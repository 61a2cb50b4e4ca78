import { useMemo } from "react";
import { useParams } from "react-router";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Time } from "@/components/time";
import { useView } from "@/lib/view";
import { type StepTree, treeOf } from "@/steps/branches";
import { useStateAt, useSteps } from "@/steps/thread";
import { DecisionCard } from "./decision_card";
import { type Turn, turnsOf } from "./model";
import { useDecisions } from "./queries";
import styles from "./why.module.css";

interface Said {
  id?: string;
  content?: unknown;
}

/** What the user wrote, by the id of the message. */
function wordsOf(values: unknown): Map<string, string> {
  const messages = (values as { messages?: Said[] } | null)?.messages;
  if (!Array.isArray(messages)) return new Map();
  return new Map(
    messages
      .filter((message) => typeof message?.content === "string")
      .map((message) => [message.id ?? "", String(message.content)]),
  );
}

/** Why each turn of a thread went where it went. */
export function Page() {
  const threadId = useParams().threadId ?? "";
  const { said, change } = useView();
  const decisions = useDecisions(threadId);
  const state = useStateAt(threadId, null);
  const steps = useSteps(threadId);
  const tree = useMemo(() => treeOf(steps.data?.steps ?? [], steps.data?.more), [steps.data]);
  const run = said("run");
  return (
    <PageFrame
      title="Why"
      lead="Every decision of this thread: what it went by, the rule, the threshold and its policy, and what would have changed it."
      actions={run === "" ? null : <Button onClick={() => change({ run: null })}>Show all turns</Button>}
    >
      <Loaded query={decisions} what="Reading the decisions">
        {(told) => <Turns turns={turnsOf(told)} run={run} tree={tree} words={wordsOf(state.data?.values)} />}
      </Loaded>
    </PageFrame>
  );
}

interface TurnsProps {
  turns: Turn[];
  /** The run whose turn alone is shown; empty for all. */
  run: string;
  tree: StepTree;
  /** What the user wrote, by the id of the message. */
  words: Map<string, string>;
}

function Turns({ turns, run, tree, words }: TurnsProps) {
  const shown = run === "" ? turns : turns.filter((turn) => turn.runIds.includes(run));
  if (shown.length === 0) {
    return (
      <Empty title={run === "" ? "Nothing was decided here yet" : "Nothing is on record of this turn"}>
        Decisions are recorded as soon as agents judge an answer or an action. Graphs other than the project's
        own decide by themselves.
      </Empty>
    );
  }
  return shown.map((turn, place) => (
    <TurnCard
      key={turn.turnId}
      turn={turn}
      tree={tree}
      words={words.get(turn.turnId) ?? ""}
      first={place === 0}
    />
  ));
}

interface TurnCardProps {
  turn: Turn;
  tree: StepTree;
  words: string;
  first: boolean;
}

function TurnCard({ turn, tree, words, first }: TurnCardProps) {
  const last = turn.decisions.length - 1;
  return (
    <Card
      title={
        words === "" ? (
          "A turn"
        ) : (
          <q className={styles.words}>
            <bdi>{words.slice(0, 300)}</bdi>
          </q>
        )
      }
      actions={
        <span className="quiet">
          <Time at={turn.at} />
        </span>
      }
    >
      <ol className={styles.decisions}>
        {turn.decisions.map((decision, place) => (
          <DecisionCard key={decision.seq} decision={decision} tree={tree} open={first && place === last} />
        ))}
      </ol>
    </Card>
  );
}
