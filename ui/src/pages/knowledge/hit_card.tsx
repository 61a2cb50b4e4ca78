import { useMemo } from "react";
import { Link } from "react-router";
import { Badge } from "@/components/badge";
import { Card } from "@/components/card";
import { whole } from "@/lib/numbers";
import { documentAddress } from "./addresses";
import styles from "./knowledge.module.css";
import { markTerms } from "./marking";
import { ScoreParts } from "./score_parts";
import type { Hit, HitExplained } from "./types";

interface HitCardProps {
  hit: Hit;
  place: number;
  /** Undefined for what came from other sources than documents. */
  explained: HitExplained | undefined;
}

/** A passage that was found: its words, the matched ones marked, and why it stands at its place. */
export function HitCard({ hit, place, explained }: HitCardProps) {
  const pieces = useMemo(
    () => markTerms(hit.text, explained?.matched.map((one) => one.term) ?? [], explained?.exact),
    [hit.text, explained],
  );
  const headings = hit.metadata.headings;
  return (
    <Card as="article">
      <header className={styles.hitHead}>
        <span className={styles.place}>{place}</span>
        <div className={styles.hitTitle}>
          <h3>
            {hit.collection === "" ? (
              <bdi>{hit.title || hit.source}</bdi>
            ) : (
              <Link to={documentAddress(hit.collection, hit.source, hit)}>
                <bdi>{hit.title || hit.source}</bdi>
              </Link>
            )}
          </h3>
          <p className="muted">
            <bdi>{hit.source}</bdi> · characters {whole(hit.start)}–{whole(hit.end)}
            {typeof headings === "string" && headings !== "" ? ` · ${headings}` : null}
          </p>
        </div>
        {hit.superseded_by === "" ? null : <Badge tone="warn">replaced by {hit.superseded_by}</Badge>}
        <strong className={styles.score} title="Score, 0 to 1">
          {hit.score.toFixed(2)}
        </strong>
      </header>
      <p className={styles.passage} dir="auto">
        {pieces.map((piece, at) =>
          piece.term === "" ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of one text stay where they are.
            <span key={at}>{piece.text}</span>
          ) : (
            // biome-ignore lint/suspicious/noArrayIndexKey: as above.
            <mark key={at} title={`Matches “${piece.term}”`}>
              {piece.text}
            </mark>
          ),
        )}
      </p>
      {explained === undefined ? (
        <p className="muted">This source gives no account of its scores.</p>
      ) : (
        <Why explained={explained} />
      )}
    </Card>
  );
}

function Why({ explained }: { explained: HitExplained }) {
  const { dense, lexical, matched, missing } = explained;
  return (
    <details className={styles.why} open={explained.place === 1}>
      <summary>
        Why: {dense.rank === null ? "not near by meaning" : `${nth(dense.rank)} by meaning`},{" "}
        {lexical.rank === null ? "no word in common" : `${nth(lexical.rank)} by words`}
      </summary>
      <dl className={styles.ranks}>
        <div>
          <dt>By meaning</dt>
          <dd>
            {dense.rank === null
              ? "not among the candidates"
              : `rank ${dense.rank}, similarity ${near(dense.similarity)}`}
          </dd>
        </div>
        <div>
          <dt>By words</dt>
          <dd>
            {lexical.rank === null
              ? "no word in common"
              : `rank ${lexical.rank}, score ${near(lexical.score)}`}
          </dd>
        </div>
        <div>
          <dt>Words found</dt>
          <dd className={styles.badges}>
            {matched.length === 0 ? "none" : null}
            {matched.map((one) => (
              <Badge key={one.term} tone="good" title={`Adds ${one.score.toFixed(2)} to the score by words`}>
                {one.term} {one.score.toFixed(1)}
              </Badge>
            ))}
          </dd>
        </div>
        {missing.length === 0 ? null : (
          <div>
            <dt>Words missing</dt>
            <dd className={styles.badges}>
              {missing.map((term) => (
                <Badge key={term}>{term}</Badge>
              ))}
            </dd>
          </div>
        )}
      </dl>
      <ScoreParts explained={explained} />
    </details>
  );
}

const near = (value: number | null) => (value === null ? "–" : value.toFixed(2));

/** "1st", "2nd", "3rd", "11th". */
function nth(rank: number): string {
  const rule = new Intl.PluralRules("en", { type: "ordinal" }).select(rank);
  const endings: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
  return `${rank}${endings[rule] ?? "th"}`;
}
