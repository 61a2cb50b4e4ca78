import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { Empty, Loading, ProblemNotice } from "@/components/notice";
import { StateDiff } from "@/components/state_diff";
import { money, whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import type { StepTree } from "@/steps/branches";
import { diffStates } from "@/steps/state_diff";
import { type Step, titleOf } from "@/steps/step";
import { useStateAt } from "@/steps/thread";
import { type BranchPath, callsOf, compareBranches, messagesApart, type ShownMessage } from "./comparison";
import styles from "./history.module.css";

interface Usage {
  input_tokens?: number;
  output_tokens?: number;
  model_calls?: number;
  cost?: number | null;
}

interface ToldRun {
  run_id: string;
  usage: Usage | null;
}

/** What the runs of a thread used, by run; nothing on other servers. */
function useUsage(threadId: string) {
  const { connection, isPodium } = useSession();
  const runs = useQuery({
    queryKey: ["runs", "of-thread", threadId, connection.url],
    queryFn: () => connection.call<{ runs: ToldRun[] }>("/runs", { query: { thread: threadId, limit: 200 } }),
    enabled: isPodium,
  });
  return useMemo(() => new Map((runs.data?.runs ?? []).map((run) => [run.run_id, run.usage])), [runs.data]);
}

function spentBy(branch: BranchPath, usage: Map<string, Usage | null>) {
  const used = branch.runs.map((id) => usage.get(id)).filter((one) => one !== undefined && one !== null);
  if (used.length === 0) return null;
  const sum = (key: keyof Usage) => used.reduce((total, one) => total + (one[key] ?? 0), 0);
  return { tokens: sum("input_tokens") + sum("output_tokens"), cost: sum("cost"), calls: sum("model_calls") };
}

function Messages({ messages }: { messages: ShownMessage[] }) {
  if (messages.length === 0) return <p className={styles.quiet}>No message of its own.</p>;
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
  if (calls.length === 0) return <p className={styles.quiet}>No tool was called.</p>;
  return (
    <ul>
      {calls.map((call, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: calls have no identity but their place.
        <li key={at}>
          <code>{call.name}</code> <span className={styles.quiet}>{call.detail.slice(0, 300)}</span>
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
  usage: Map<string, Usage | null>;
}

function Side({ name, branch, tree, values, messages, usage }: SideProps) {
  const parent = branch.end.parentId === null ? undefined : tree.byId.get(branch.end.parentId);
  const spent = spentBy(branch, usage);
  return (
    <section className={styles.side} aria-label={name}>
      <h3>
        {name}: step {branch.end.step}, {titleOf(branch.end, parent)}
      </h3>
      <dl className={styles.figures}>
        <dt>Steps of its own</dt>
        <dd>{branch.own.length}</dd>
        <dt>Time</dt>
        <dd>{duration(branch.seconds)}</dd>
        <dt>Tokens</dt>
        <dd>{spent === null ? "–" : whole(spent.tokens)}</dd>
        <dt>Cost</dt>
        <dd>{spent === null ? "–" : money(spent.cost)}</dd>
      </dl>
      <h4>Path</h4>
      <p>{branch.path.length === 0 ? "Nothing ran of its own." : branch.path.join(" → ")}</p>
      <h4>Messages</h4>
      <Messages messages={messages} />
      <h4>Tool calls</h4>
      <Calls calls={callsOf(values, messages)} />
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
  const usage = useUsage(threadId);
  const error = left.error ?? right.error;
  if (error !== null) return <ProblemNotice error={error} />;
  if (left.data === undefined || right.data === undefined) return <Loading what="Loading both states" />;
  const messages = messagesApart(left.data.values, right.data.values);
  const changes = diffStates(left.data.values, right.data.values);
  return (
    <section className={styles.details} aria-labelledby="compare-title">
      <header className={styles.detailsHead}>
        <h2 id="compare-title">Two branches side by side</h2>
        <Button onClick={onEnd}>End the comparison</Button>
      </header>
      <p className={styles.quiet}>
        {compared.common === null
          ? "They have no step in common."
          : `They parted after step ${compared.common.step}; ${messages.common} messages are in both.`}
      </p>
      <div className={styles.sides}>
        <Side
          name="A"
          branch={compared.one}
          tree={tree}
          values={left.data.values}
          messages={messages.one}
          usage={usage}
        />
        <Side
          name="B"
          branch={compared.other}
          tree={tree}
          values={right.data.values}
          messages={messages.other}
          usage={usage}
        />
      </div>
      <h3>State: from A to B</h3>
      {changes.length === 0 ? <Empty title="Both states are the same" /> : <StateDiff changes={changes} />}
    </section>
  );
}
