import { type FormEvent, useState } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Field, TextField } from "@/components/field";
import { Loaded } from "@/components/loaded";
import { Empty, Notice } from "@/components/notice";
import { useView } from "@/lib/view";
import { ExplanationHead } from "./explanation_head";
import { HitCard } from "./hit_card";
import styles from "./knowledge.module.css";
import { LeftOutList } from "./left_out_list";
import { type Question, useFound } from "./queries";
import type { Collections, Found } from "./types";

const DEFAULT_K = 8;

/** A search as the agents make it, and why it found what it found. */
export function SearchPlayground({ known }: { known: Collections }) {
  const { said } = useView();
  const question: Question = {
    query: said("query"),
    collection: said("in"),
    k: Number(said("k")) || DEFAULT_K,
    asOf: said("as_of"),
  };
  const query = useFound(question);
  return (
    <>
      <Card>
        <QuestionForm
          key={JSON.stringify(question)}
          question={question}
          known={known}
          busy={query.isFetching}
        />
      </Card>
      {question.query === "" ? (
        <Empty title="What would an agent find?">
          Ask as a person would, or with a few words. Each passage that is found says how near it is by
          meaning and by words, and what that came to.
        </Empty>
      ) : (
        <Loaded query={query} what="Searching">
          {(found) => <Results found={found} />}
        </Loaded>
      )}
    </>
  );
}

function QuestionForm({ question, known, busy }: { question: Question; known: Collections; busy: boolean }) {
  const { change } = useView();
  const [draft, setDraft] = useState(question);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { query, collection, k, asOf } = draft;
    change(
      { query: query.trim(), in: collection, k: k === DEFAULT_K ? null : String(k), as_of: asOf },
      { push: true },
    );
  };
  return (
    <form className={styles.question} onSubmit={submit}>
      <TextField
        label="Question"
        type="search"
        required
        maxLength={2_000}
        placeholder="How long can something be returned?"
        value={draft.query}
        onText={(text) => setDraft({ ...draft, query: text })}
      />
      {known.collections.length < 2 ? null : (
        <Field label="Where">
          {(props) => (
            <select
              {...props}
              value={draft.collection}
              onChange={(event) => setDraft({ ...draft, collection: event.target.value })}
            >
              <option value="">Everywhere</option>
              {known.collections.map((one) => (
                <option key={one.name}>{one.name}</option>
              ))}
            </select>
          )}
        </Field>
      )}
      <TextField
        label="Passages"
        type="number"
        min={1}
        max={50}
        value={String(draft.k)}
        onText={(text) => setDraft({ ...draft, k: Number(text) })}
      />
      <TextField
        label="As of"
        type="date"
        value={draft.asOf}
        onText={(text) => setDraft({ ...draft, asOf: text })}
      />
      <Button type="submit" look="main" disabled={busy}>
        {busy ? "Searching…" : "Search"}
      </Button>
    </form>
  );
}

function Results({ found }: { found: Found }) {
  const explanation = found.explanation ?? null;
  return (
    <>
      {found.failed.length === 0 ? null : (
        <Notice tone="warn">These sources did not answer: {found.failed.join(", ")}.</Notice>
      )}
      {explanation === null ? null : <ExplanationHead explanation={explanation} />}
      {found.results.length === 0 ? (
        <Empty title="Nothing was found.">Try other words, or another collection.</Empty>
      ) : (
        <ol className={styles.hits} aria-label="What was found">
          {found.results.map((hit, place) => (
            <li key={hit.id}>
              <HitCard
                hit={hit}
                place={place + 1}
                explained={explanation?.hits.find((one) => one.id === hit.id)}
              />
            </li>
          ))}
        </ol>
      )}
      {explanation === null ? null : <LeftOutList leftOut={explanation.left_out} />}
    </>
  );
}
