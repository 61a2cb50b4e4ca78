import { useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Digest } from "@/judging/digest";
import { FourEyes } from "@/judging/four_eyes";
import { PreviewTable } from "@/judging/preview";
import { Value } from "@/judging/value";
import { effectWords, named, originWords } from "@/judging/words";
import { money } from "@/lib/numbers";
import styles from "./approvals.module.css";
import { type ActionDetail, argumentsOf } from "./model";

const TRUST: Record<string, string> = {
  trusted: "trusted",
  internal: "known inside",
  untrusted: "not trusted",
};

/** The arguments of an action and where each came from. */
export function Arguments({ action }: { action: ActionDetail }) {
  return (
    <div className={styles.scroll}>
      <table className={styles.args}>
        <caption className="visually-hidden">The values and where they come from</caption>
        <thead>
          <tr>
            <th scope="col">Value of</th>
            <th scope="col">Is</th>
            <th scope="col">Comes from</th>
          </tr>
        </thead>
        <tbody>
          {argumentsOf(action).map((argument) => (
            <tr key={argument.name}>
              <th scope="row">
                <bdi>{argument.title}</bdi>
              </th>
              <td>
                <Value value={argument.value} />
              </td>
              <td>
                {argument.provenance === null ? (
                  "nobody recorded it"
                ) : (
                  <bdi>{originWords(argument.provenance)}</bdi>
                )}{" "}
                {argument.trusted ? null : (
                  <Badge tone="bad">{TRUST[argument.provenance?.trust ?? "untrusted"]} enough for this</Badge>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** An action's name, how far it reaches and what it acts on. */
export function ActionHead({ action, level }: { action: ActionDetail; level: 3 | 4 }) {
  const reach = effectWords(action.effect);
  const Heading = `h${level}` as const;
  return (
    <header className={styles.actionHead}>
      <Heading>
        <bdi>{named(action.tool)}</bdi>
      </Heading>
      {action.target === "" ? null : (
        <code className={styles.target}>
          <bdi>{action.target}</bdi>
        </code>
      )}
      <Badge tone={reach.tone} title={reach.means}>
        {reach.words}
      </Badge>
    </header>
  );
}

/** One action that waits: what it would do, with which values, and the digest that is approved. */
export function ActionView({ action }: { action: ActionDetail }) {
  const { me } = useSession();
  return (
    <>
      <FourEyes people={action.people} consents={action.consents} me={me?.principal ?? ""} />
      {action.description === "" ? null : (
        <p className="quiet" dir="auto">
          {action.description}
        </p>
      )}
      <PreviewTable preview={action.preview} caption={`What ${named(action.tool)} would change`} />
      <Arguments action={action} />
      <p className={styles.foot}>
        <Digest digest={action.digest} />
        {action.estimated_cost === null ? null : <span>about {money(action.estimated_cost)}</span>}
        {action.approvers.length === 0 ? null : <span>to be approved by: {action.approvers.join(", ")}</span>}
      </p>
    </>
  );
}
