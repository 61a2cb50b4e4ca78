import { ChevronLeft, ChevronRight, X } from "lucide-react";
import { useEffect, useMemo, useRef } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Empty, Loading } from "@/components/notice";
import { useKeys } from "@/lib/keys";
import { type Span, spansOf } from "./passage";
import styles from "./passage_panel.module.css";
import type { Citation, Evidence, PodiumState } from "./types";

interface PassagePanelProps {
  state: PodiumState | null;
  /** The number of a citation, counted from 1; or null for a passage by its id. */
  citation: number | null;
  evidenceId: string;
  onCite: (number: number) => void;
  onClose: () => void;
}

/** The passage behind a mark in an answer, with the cited words marked. */
export function PassagePanel({ state, citation, evidenceId, onCite, onClose }: PassagePanelProps) {
  const citations = state?.outcome?.citations ?? [];
  const cited = citation === null ? undefined : citations[citation - 1];
  const evidence = useMemo(
    () => passageOf(state?.evidence ?? [], cited, evidenceId),
    [state?.evidence, cited, evidenceId],
  );
  const heading = useRef<HTMLHeadingElement>(null);
  useKeys({ Escape: onClose });
  useEffect(() => {
    const opener = document.activeElement;
    return () => {
      const next =
        opener?.isConnected && opener !== document.body ? opener : document.getElementById("content");
      if (next instanceof HTMLElement) next.focus({ preventScroll: true });
    };
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the focus moves whenever another passage is opened.
  useEffect(() => {
    heading.current?.focus();
  }, [citation, evidenceId]);
  return (
    <aside className={styles.panel} aria-label="Passage">
      <header className={styles.head}>
        <h2 ref={heading} tabIndex={-1}>
          {citation === null ? "Passage" : `Source ${citation} of ${citations.length}`}
        </h2>
        {citation === null ? null : (
          <>
            <Button
              look="quiet"
              label="Previous source"
              disabled={citation <= 1}
              onClick={() => onCite(citation - 1)}
            >
              <ChevronLeft size={18} aria-hidden />
            </Button>
            <Button
              look="quiet"
              label="Next source"
              disabled={citation >= citations.length}
              onClick={() => onCite(citation + 1)}
            >
              <ChevronRight size={18} aria-hidden />
            </Button>
          </>
        )}
        <Button look="quiet" label="Close the passage" onClick={onClose}>
          <X size={18} aria-hidden />
        </Button>
      </header>
      {state === null ? (
        <Loading what="Reading the passage" />
      ) : evidence === undefined && cited === undefined ? (
        <Empty title="This passage is not kept any more." />
      ) : (
        <Passage evidence={evidence} cited={cited} citations={citations} />
      )}
    </aside>
  );
}

const TRUST: Record<string, string> = {
  trusted: "a trusted source",
  internal: "an internal document",
  untrusted: "not trusted",
};

function passageOf(evidence: Evidence[], cited: Citation | undefined, id: string): Evidence | undefined {
  if (cited === undefined) return evidence.find((one) => one.id === id);
  return (
    evidence.find((one) => one.id === cited.evidence_id) ??
    evidence.find((one) => one.source === cited.source && one.start <= cited.start && cited.end <= one.end)
  );
}

function Passage({
  evidence,
  cited,
  citations,
}: {
  evidence: Evidence | undefined;
  cited: Citation | undefined;
  citations: Citation[];
}) {
  const source = evidence?.source ?? cited?.source ?? "";
  const spans = useMemo<Span[]>(
    () => (evidence === undefined ? [] : spansOf(evidence, citations, cited)),
    [evidence, citations, cited],
  );
  const mark = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another citation is scrolled to.
  useEffect(() => {
    mark.current?.scrollIntoView({ block: "center" });
  }, [cited]);
  const first = spans.findIndex((one) => one.chosen);
  return (
    <div className={styles.body}>
      <div>
        <p className={styles.title}>
          <bdi>{evidence?.title || cited?.title || source}</bdi>
        </p>
        <p className={styles.muted}>
          <bdi>{source}</bdi>
          {evidence?.date ? ` · ${evidence.date}` : null}
          {evidence === undefined ? null : ` · characters ${evidence.start}–${evidence.end}`}
        </p>
        <p className={styles.badges}>
          {evidence?.trust ? (
            <Badge tone={evidence.trust === "untrusted" ? "warn" : "neutral"}>
              {TRUST[evidence.trust] ?? evidence.trust}
            </Badge>
          ) : null}
          {evidence?.superseded_by ? <Badge tone="warn">replaced by {evidence.superseded_by}</Badge> : null}
        </p>
      </div>
      <p className={styles.text} dir="auto">
        {evidence === undefined ? (
          <mark className={styles.chosen}>{cited?.quote}</mark>
        ) : (
          spans.map((span, place) =>
            span.cited ? (
              <mark
                // biome-ignore lint/suspicious/noArrayIndexKey: the spans of one passage stay where they are.
                key={place}
                ref={place === first ? mark : undefined}
                className={span.chosen || cited === undefined ? styles.chosen : styles.cited}
              >
                {span.text}
              </mark>
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: as above.
              <span key={place}>{span.text}</span>
            ),
          )
        )}
      </p>
      {evidence?.collection ? (
        <p>
          <Link
            to={`/knowledge?collection=${encodeURIComponent(evidence.collection)}&document=${encodeURIComponent(source)}&start=${cited?.start ?? evidence.start}&end=${cited?.end ?? evidence.end}`}
          >
            Open the document
          </Link>
        </p>
      ) : null}
    </div>
  );
}
