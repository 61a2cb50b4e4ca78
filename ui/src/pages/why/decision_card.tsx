import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Facts as FactList } from "@/components/facts";
import { JsonView } from "@/components/json_view";
import { Time } from "@/components/time";
import { ConfidenceView } from "@/judging/confidence";
import { Reasons } from "@/judging/reasons";
import { levelWords, ruleWords } from "@/judging/rules";
import { effectWords, named, routeWords } from "@/judging/words";
import { percent } from "@/lib/numbers";
import { numberOf, resultOf, type StepTree } from "@/steps/branches";
import { alternatives } from "./alternatives";
import type { Decision } from "./model";
import styles from "./why.module.css";

interface DecisionCardProps {
  decision: Decision;
  /** The steps of the thread; empty while they are not known. */
  tree: StepTree;
  open: boolean;
}

/** One decision: what was decided, by which rule, from what, and what would have led elsewhere. */
export function DecisionCard({ decision, tree, open }: DecisionCardProps) {
  const { route, rule, threshold, confidence, reasons, policy, facts } = decision;
  const outcome = routeWords(route);
  return (
    <li className={styles.decision} id={`decision-${decision.seq}`}>
      <details open={open}>
        <summary className={styles.summary}>
          <Badge tone={outcome.tone}>{outcome.words}</Badge>
          <span className={styles.rule}>{ruleWords(rule)}</span>
          {confidence === null ? null : (
            <span className="quiet">
              {percent(confidence.score)}
              {threshold === null ? " sure" : ` sure, ${percent(threshold)} needed`}
            </span>
          )}
          <span className="quiet">
            <Time at={decision.at} />
          </span>
        </summary>
        <div className={styles.body}>
          <div className={styles.columns}>
            <section className={styles.part} aria-label="The rule">
              <FactList
                facts={[
                  ["Decided", outcome.words],
                  ["By the rule", <code key="rule">{rule}</code>],
                  [
                    "Threshold",
                    threshold === null ? "none was asked" : `${percent(threshold)}${levelOf(rule)}`,
                  ],
                  [
                    "Policy",
                    policy === null ? "not recorded" : <PolicyVersion key="policy" policy={policy} />,
                  ],
                  ["Where", <Place key="place" decision={decision} tree={tree} />],
                  ["For", <bdi key="who">{decision.who}</bdi>],
                ]}
              />
              <Reasons reasons={reasons} />
            </section>
            {confidence === null ? null : (
              <section className={styles.part} aria-label="The confidence">
                <ConfidenceView confidence={confidence} needed={threshold} />
              </section>
            )}
          </div>
          {facts === null ? null : <Inputs decision={decision} />}
          <section className={styles.part}>
            <h4>What would have changed it</h4>
            <ul className={styles.reasons}>
              {alternatives(decision).map((one) => (
                <li key={one.words}>
                  {one.words}{" "}
                  {one.try === undefined ? null : (
                    <Link to={`/thresholds?${one.try.level}=${one.try.value}`}>Try it on past runs</Link>
                  )}
                </li>
              ))}
            </ul>
          </section>
          <details>
            <summary>All that is on record</summary>
            <JsonView value={decision} label="The decision as it is on record" />
          </details>
        </div>
      </details>
    </li>
  );
}

const levelOf = (rule: string) => (rule.startsWith("threshold.") ? ` for ${levelWords(rule.slice(10))}` : "");

function PolicyVersion({ policy }: { policy: NonNullable<Decision["policy"]> }) {
  return (
    <>
      <code>{policy.version}</code>{" "}
      {policy.current ? <Badge tone="good">still in force</Badge> : <Badge tone="warn">replaced since</Badge>}
      <span className="quiet"> {policy.file}</span>
    </>
  );
}

function Place({ decision, tree }: { decision: Decision; tree: StepTree }) {
  const thread = `/threads/${encodeURIComponent(decision.thread_id)}`;
  const step = resultOf(tree, decision.checkpoint_id, decision.at);
  return (
    <>
      {named(decision.node)}
      {step === undefined ? null : (
        <>
          {", "}
          <Link to={`${thread}/history?step=${encodeURIComponent(step.id)}`}>
            step {numberOf(tree, step.id)}
          </Link>
        </>
      )}{" "}
      · <Link to={`${thread}/trace?run=${encodeURIComponent(decision.run_id)}`}>trace</Link>
    </>
  );
}

/** What else the decision was made from. */
function Inputs({ decision: { facts } }: { decision: Decision }) {
  if (facts === null) return null;
  const loops = Object.entries(facts.loops).filter(([, times]) => times > 0);
  return (
    <section className={styles.part}>
      <h4>What else it went by</h4>
      <ul className={styles.inputs}>
        <li>
          The critic suggested: <strong>{named(facts.suggestion).toLowerCase()}</strong>
        </li>
        {facts.effects.map((effect, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan may have one tool twice.
          <li key={place}>
            {named(effect.tool)}{" "}
            <Badge tone={effectWords(effect.effect).tone}>{effectWords(effect.effect).words}</Badge>{" "}
            {effect.denied ? <Badge tone="bad">not allowed</Badge> : null}
            {effect.needs_person ? (
              <Badge tone="warn">needs a person</Badge>
            ) : (
              <Badge>may be done alone</Badge>
            )}
            {effect.threshold === null ? null : ` with a threshold of its own, ${percent(effect.threshold)}`}
          </li>
        ))}
        {facts.verdicts.map((verdict, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule may have spoken twice.
          <li key={`verdict ${place}`}>
            Guardrail {named(verdict.rule)}: <strong>{verdict.outcome}</strong>
          </li>
        ))}
        {loops.map(([loop, times]) => (
          <li key={loop}>
            {named(loop)}: {times} of {facts.bounds[loop] ?? "?"} times already
          </li>
        ))}
        <li>
          {facts.untrusted ? (
            <Badge tone="bad">a value comes from a source that is not trusted for this</Badge>
          ) : (
            "Every value comes from a source that is trusted for this"
          )}
        </li>
      </ul>
    </section>
  );
}
