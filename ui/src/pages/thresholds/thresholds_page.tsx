import { useDeferredValue, useMemo } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { CopyButton } from "@/components/copy_button";
import { FilterBar, RangeFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Notice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { momentsOf, rangeOf } from "@/lib/ranges";
import { useView } from "@/lib/view";
import { changedLevels, LEVELS, misfit, type Policy, policyLines, triedOf } from "./model";
import { usePolicy, useWhatIf } from "./queries";
import { Results } from "./results";
import { Slider } from "./slider";
import styles from "./thresholds.module.css";

const ALL = "all";

/** What other thresholds would have done on past runs. */
export function Page() {
  const policy = usePolicy();
  return (
    <PageFrame
      title="Thresholds"
      lead="How sure agents have to be before they act alone. Move one, and see what it would have done on past runs. Nothing is changed by trying."
    >
      <Loaded query={policy} what="Reading the policy">
        {(held) => <Trying policy={held} />}
      </Loaded>
    </PageFrame>
  );
}

function Trying({ policy }: { policy: Policy }) {
  const { said, change } = useView();
  const tried = triedOf(said, policy.thresholds);
  const range = rangeOf(said, ALL);
  const { since, until } = momentsOf(range, Date.now());
  const changed = changedLevels(tried, policy.thresholds);
  const wrong = misfit(tried);
  const key = JSON.stringify(changed);
  const asked = useDeferredValue(key);
  const thresholds = useMemo(() => JSON.parse(asked) as typeof changed, [asked]);
  // What is asked comes a moment after what is shown, and may still be what does not fit.
  const fits = wrong === "" && misfit({ ...policy.thresholds, ...thresholds }) === "";
  const result = useWhatIf(thresholds, since, until, fits);
  const any = Object.keys(changed).length > 0;
  return (
    <div className={styles.panes}>
      <Card
        title="Thresholds"
        actions={
          any ? (
            <Button small onClick={() => change(Object.fromEntries(LEVELS.map((level) => [level, null])))}>
              Reset all
            </Button>
          ) : null
        }
      >
        <p className="quiet">
          In force: policy <code>{policy.version}</code>, {policy.file}
        </p>
        {LEVELS.map((level) => (
          <Slider
            key={level}
            level={level}
            value={tried[level]}
            inForce={policy.thresholds[level]}
            onChange={(value) =>
              change({ [level]: value === policy.thresholds[level] ? null : String(value) })
            }
          />
        ))}
        {any && wrong === "" ? (
          <Notice>
            <p>To put this into force, change {policy.file} and let it be reviewed as any other change:</p>
            <pre>{policyLines(changed)}</pre>
            <CopyButton text={policyLines(changed)} what="the lines for the policy" />
          </Notice>
        ) : null}
      </Card>
      <div className={styles.results}>
        <FilterBar names={["range", "since", "until"]}>
          <RangeFilter range={range} fallback={ALL} />
        </FilterBar>
        {wrong !== "" ? (
          <Notice tone="warn">{wrong}</Notice>
        ) : (
          <Loaded query={result} what="Trying it on past decisions">
            {(found) => (
              <div className={styles.results} aria-busy={result.isPlaceholderData}>
                <Results result={found} />
              </div>
            )}
          </Loaded>
        )}
      </div>
    </div>
  );
}
