import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { useSession } from "@/api/session";
import { Button } from "@/components/button";
import { FilterBar, SelectFilter, TextFilter } from "@/components/filters";
import { Loading, Notice, ProblemNotice } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { EFFECT_CLASSES, effectWords } from "@/judging/words";
import { useKeys } from "@/lib/keys";
import { useMedia } from "@/lib/media";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import styles from "./approvals.module.css";
import { HelpDialog } from "./help_dialog";
import { Inbox } from "./inbox";
import { chosen, idOf, pathOf, unsafe, type Waiting } from "./model";
import { MOST, useAssign, useInbox } from "./queries";
import { Review } from "./review";
import { Together } from "./together";

const WIDE = "(min-width: 900px)";
const NONE: Waiting[] = [];
const NAMES = ["q", "who", "risk", "state"];

const WHO = [
  { value: "mine", label: "Mine" },
  { value: "nobody", label: "Nobody's yet" },
  { value: "others", label: "Somebody else's" },
];
const RISKS = [
  ...EFFECT_CLASSES.filter((effect) => effect !== "read").map((effect) => ({
    value: effect as string,
    label: effectWords(effect).words,
  })),
  { value: "answer", label: "Answers to check" },
];
const STATES = [
  { value: "open", label: "Still open" },
  { value: "expired", label: "Expired" },
];
const SORTS = [
  { value: "", label: "Oldest first" },
  { value: "newest", label: "Newest first" },
  { value: "expiry", label: "Expires soonest" },
  { value: "risk", label: "Highest risk" },
];

/** The first of a list, which stays the same while the list changes around it: what came of it is to be read. */
function usePinned(first: Waiting | undefined, view: string): Waiting | undefined {
  const [pinned, setPinned] = useState<{ view: string; one: Waiting } | null>(null);
  if (pinned !== null && pinned.view === view) return pinned.one;
  if (first !== undefined) setPinned({ view, one: first });
  return first;
}

/** What of the list is open, what comes before and after it, and how to get there. */
function useSelection(items: Waiting[]) {
  const { threadId, interruptId } = useParams();
  const { search } = useView();
  const navigate = useNavigate();
  const wide = useMedia(WIDE);
  const named = threadId !== undefined && interruptId !== undefined;
  const first = usePinned(items[0], search.toString());
  const shown = named ? { thread_id: threadId, interrupt_id: interruptId } : wide ? first : undefined;
  const open = shown === undefined ? "" : idOf(shown);
  const at = items.findIndex((one) => idOf(one) === open);
  const others = items.filter((one) => idOf(one) !== open);
  const to = (one: Waiting | undefined) =>
    one === undefined ? undefined : () => void navigate({ pathname: pathOf(one), search: search.toString() });
  return {
    named,
    shown,
    open,
    current: items[at],
    down: to(at < 0 ? items[0] : items[at + 1]),
    up: to(at > 0 ? items[at - 1] : undefined),
    next: to(others[Math.max(at, 0)] ?? others[0]),
    back: `/approvals?${search.toString()}`,
  };
}

/** Ids that are picked for a decision together; null while nothing is picked. */
function usePicked() {
  const [picked, setPicked] = useState<ReadonlySet<string> | null>(null);
  const pick = (id: string, on: boolean) =>
    setPicked((before) => {
      const after = new Set(before ?? []);
      if (on) after.add(id);
      else after.delete(id);
      return after;
    });
  return { picked, pick, begin: () => setPicked(new Set()), end: () => setPicked(null) };
}

interface ListProps {
  items: Waiting[];
  /** Null while it loads. */
  all: Waiting[] | null;
  open: string;
}

/** The inbox with its filters, and approving several together. */
function List({ items, all, open }: ListProps) {
  const { me } = useSession();
  const { picked, pick, begin, end } = usePicked();
  const who = me?.principal ?? "";
  const may = me?.may.decide ?? false;
  const safe = items.filter((one) => unsafe(one, who, Date.now()) === "");
  return (
    <section className={styles.listPane} aria-label="Inbox">
      {all === null ? <Loading /> : null}
      {may && safe.length > 1 && picked === null ? (
        <Button small look="quiet" onClick={begin}>
          Approve several together…
        </Button>
      ) : null}
      {picked === null ? null : (
        <Together picked={safe.filter((one) => picked.has(idOf(one)))} may={may} onDone={end} />
      )}
      {all === null ? null : (
        <Inbox items={items} any={all.length > 0} open={open} me={who} picked={picked} onPick={pick} />
      )}
    </section>
  );
}

/** What waits for a person, over all threads. */
export function Page() {
  const { me } = useSession();
  const { said } = useView();
  const inbox = useInbox();
  const assign = useAssign();
  const [help, setHelp] = useState(false);
  const who = me?.principal ?? "";
  const may = me?.may.decide ?? false;
  const filters = {
    words: said("q"),
    who: said("who"),
    risk: said("risk"),
    state: said("state"),
    sort: said("sort"),
  };
  const all = inbox.data?.body.interrupts;
  const items = chosen(all ?? NONE, filters, who, Date.now());
  const { named, shown, open, current, down, up, next, back } = useSelection(items);
  useKeys({
    j: down,
    k: up,
    m: may && current !== undefined ? () => assign.mutate({ one: current, assignee: who }) : undefined,
    "?": () => setHelp(true),
  });
  const total = inbox.data?.total ?? 0;
  return (
    <PageFrame
      title="Approvals"
      lead="What agents want to do, or are not sure of, and what only a person may decide."
      actions={
        <Button look="quiet" className={styles.help} onClick={() => setHelp(true)}>
          Keys <kbd>?</kbd>
        </Button>
      }
    >
      {may ? null : (
        <Notice tone="info">Your role may look at what waits, but not approve, change or reject it.</Notice>
      )}
      {inbox.error === null ? null : (
        <ProblemNotice error={inbox.error} onRetry={() => void inbox.refetch()} />
      )}
      {total > MOST ? (
        <Notice>
          {whole(total)} threads wait; these are the {MOST} that changed last.
        </Notice>
      ) : null}
      <div className={styles.filters} data-open={named || undefined}>
        <FilterBar names={NAMES}>
          <TextFilter label="Words" name="q" placeholder="refund, order…" />
          <SelectFilter label="Who decides" name="who" all="Anybody" options={WHO} />
          <SelectFilter label="Risk" name="risk" all="Any" options={RISKS} />
          <SelectFilter label="State" name="state" all="All" options={STATES} />
          <SelectFilter label="Order" name="sort" options={SORTS} />
        </FilterBar>
      </div>
      <div className={styles.panes} data-open={named || undefined}>
        <List items={items} all={inbox.isPending ? null : (all ?? NONE)} open={open} />
        <section className={styles.detailPane} aria-label="What is to be decided">
          {shown === undefined ? null : (
            <Review
              key={open}
              threadId={shown.thread_id}
              interruptId={shown.interrupt_id}
              back={back}
              onNext={next}
            />
          )}
        </section>
      </div>
      {help ? <HelpDialog onClose={() => setHelp(false)} /> : null}
    </PageFrame>
  );
}
