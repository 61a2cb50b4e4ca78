import { useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Facts } from "@/components/facts";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { StateDiff } from "@/components/state_diff";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import { nameOf, numberOf, type StepTree } from "@/steps/branches";
import type { ShownMessage } from "@/steps/messages";
import { diffStates } from "@/steps/state_diff";
import type { Step } from "@/steps/step";
import { useStateAt } from "@/steps/thread";
import { type BranchPath, callsOf, compareBranches, messagesApart, spentAt } from "./comparison";
import styles from "./history.module.css";

interface ToldEffect {
  digest: string;
  tool: string;
  args: unknown;
  status: string;
}

/** The actions of a state, which names them by their digests; none on other servers. */
function useActions(threadId: string) {
  const { connection, isPodium } = useSession();
  const effects = useQuery({
    queryKey: ["effects", threadId, connection.url],
    queryFn: () => connection.call<{ effects: ToldEffect[] }>(`/threads/${threadId}/effects`),
    enabled: isPodium,
  });
  return useCallback(
    (values: unknown) => {
      const named = (values as { actions?: unknown } | null)?.actions;
      const digests = new Set(Array.isArray(named) ? named : []);
      return (effects.data?.effects ?? [])
        .filter((effect) => digests.has(effect.digest))
        .map((effect) => ({
          name: effect.tool,
          detail: `${effect.status} ${JSON.stringify(effect.args) ?? ""}`,
        }));
    },
    [effects.data],
  );
}

function Messages({ messages }: { messages: ShownMessage[] }) {
  if (messages.length === 0) return <p className="quiet">No message of its own.</p>;
  return (
    <ul className={styles.messages}>
      {messages.map((message) => (
        <li key={message.id}>
          <strong>{message.who}</strong>
          <p dir="auto">{message.text.slice(0, 4_000)}</p>
        </li>
      ))}
    </ul>
  );
}

function Calls({ calls }: { calls: { name: string; detail: string }[] }) {
  if (calls.length === 0) return <p className="quiet">No tool was called.</p>;
  return (
    <ul>
      {calls.map((call, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls have no identity but their place.
        <li key={at}>
          <code>{call.name}</code> <span className="quiet">{call.detail.slice(0, 300)}</span>
        </li>
      ))}
    </ul>
  );
}

interface SideProps {
  name: string;
  branch: BranchPath;
  tree: StepTree;
  values: unknown;
  messages: ShownMessage[];
  actions: { name: string; detail: string }[];
}

function Side({ name, branch, tree, values, messages, actions }: SideProps) {
  const spent = spentAt(values, (values as { messages?: unknown[] } | null)?.messages ?? []);
  return (
    <section className={styles.side} aria-label={name}>
      <h3>
        {name}: {nameOf(tree, branch.end)}
      </h3>
      <Facts
        look="figures"
        facts={[
          ["Steps of its own", whole(branch.own.length)],
          ["Time", duration(branch.seconds)],
          ["Tokens", spent.tokens === null ? "–" : whole(spent.tokens)],
          ["Cost", money(spent.cost)],
        ]}
      />
      <h4>Path</h4>
      <p>{branch.path.length === 0 ? "Nothing ran of its own." : branch.path.join(" → ")}</p>
      <h4>Messages</h4>
      <Messages messages={messages} />
      <h4>Tool calls</h4>
      <Calls calls={[...actions, ...callsOf(messages)]} />
    </section>
  );
}

interface ComparePanelProps {
  tree: StepTree;
  one: Step;
  other: Step;
  threadId: string;
  onEnd: () => void;
}

/** Two checkpoints side by side: what led to each since they parted, and how their states differ. */
export function ComparePanel({ tree, one, other, threadId, onEnd }: ComparePanelProps) {
  const compared = useMemo(() => compareBranches(tree, one, other), [tree, one, other]);
  const left = useStateAt(threadId, one.id);
  const right = useStateAt(threadId, other.id);
  const actionsOf = useActions(threadId);
  const [before, after] = [left.data?.values, right.data?.values];
  const messages = useMemo(() => messagesApart(before, after), [before, after]);
  const changes = useMemo(() => diffStates(before, after), [before, after]);
  const error = left.error ?? right.error;
  if (error !== null) return <ProblemNotice error={error} />;
  if (left.data === undefined || right.data === undefined) return <Loading what="Loading both states" />;
  return (
    <Card
      region
      title="Two branches side by side"
      actions={<Button onClick={onEnd}>End the comparison</Button>}
    >
      <p className="quiet">
        {compared.common === null
          ? "They have no step in common."
          : `They parted after step ${numberOf(tree, compared.common.id)}; messages in both: ${messages.common}.`}
      </p>
      <div className={styles.sides}>
        <Side
          name="A"
          branch={compared.one}
          tree={tree}
          values={before}
          messages={messages.one}
          actions={actionsOf(before)}
        />
        <Side
          name="B"
          branch={compared.other}
          tree={tree}
          values={after}
          messages={messages.other}
          actions={actionsOf(after)}
        />
      </div>
      <h3>State: from A to B</h3>
      {changes.length === 0 ? <Empty title="Both states are the same" /> : <StateDiff changes={changes} />}
    </Card>
  );
}
