import { useId, useMemo, useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Loading, ProblemNotice } from "@/components/notice";
import { Time } from "@/components/time";
import { useView } from "@/lib/view";
import { useNext } from "./queries";
import styles from "./triggers.module.css";
import type { Trigger } from "./types";
import { isZone, momentsIn, ownZone, zones } from "./zones";

const FIRST = 10;
const MOST = 360;

/** When a schedule fires next, told in a zone of one's choice. */
export function NextFirings({ trigger }: { trigger: Trigger }) {
  const { said } = useView();
  const [limit, setLimit] = useState(FIRST);
  const home = trigger.settings.timezone ?? "UTC";
  const zone = isZone(said("zone")) ? said("zone") : isZone(home) ? home : "UTC";
  const { data, error, refetch, isFetching } = useNext(trigger, limit);
  const moments = useMemo(() => momentsIn(data?.times ?? [], zone), [data, zone]);
  return (
    <Card title="Next firings" actions={<ZoneChoice zone={zone} home={home} />}>
      {error === null ? null : <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined && error === null ? <Loading /> : null}
      <p className="muted">
        Its fields are read in {home}
        {zone === home ? "." : `; the times below are told in ${zone}.`}
        {trigger.paused ? " It is paused: these pass unless it is resumed." : null}
      </p>
      <ol className={styles.moments}>
        {moments.map((moment) => (
          <li key={moment.at}>
            <span>{moment.day}</span>
            <strong>{moment.time}</strong>
            <span className="muted">
              UTC{moment.offset} · <Time at={moment.at} />
            </span>
            {moment.shifted ? <Badge tone="warn">the clocks have changed</Badge> : null}
          </li>
        ))}
      </ol>
      {data !== undefined && data.times.length >= limit && limit < MOST ? (
        <Button
          small
          className={styles.more}
          disabled={isFetching}
          onClick={() => setLimit(Math.min(MOST, limit * 3))}
        >
          Show more
        </Button>
      ) : null}
    </Card>
  );
}

function ZoneChoice({ zone, home }: { zone: string; home: string }) {
  const id = useId();
  const { change } = useView();
  const [all] = useState(zones);
  const own = ownZone();
  const first = [...new Set([home, own, "UTC", zone])].filter(isZone);
  return (
    <label htmlFor={id} className={styles.zone}>
      Time zone
      <select
        id={id}
        value={zone}
        onChange={(event) => change({ zone: event.target.value === home ? null : event.target.value })}
      >
        {first.map((one) => (
          <option key={one} value={one}>
            {one}
            {one === home ? " (the schedule's)" : one === own ? " (yours)" : ""}
          </option>
        ))}
        <optgroup label="All">
          {all
            .filter((one) => !first.includes(one))
            .map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
        </optgroup>
      </select>
    </label>
  );
}
