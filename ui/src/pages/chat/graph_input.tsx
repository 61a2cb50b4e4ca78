import { Square } from "lucide-react";
import { useState } from "react";
import { Button } from "@/components/button";
import { Loading, ProblemNotice } from "@/components/notice";
import { type JsonSchema, SchemaForm } from "@/components/schema_form";
import styles from "./graph_input.module.css";
import { whyNotAsk } from "./words";

interface GraphInputProps {
  schema: JsonSchema | null;
  loading: boolean;
  busy: boolean;
  mayRun: boolean;
  /** Whether it begins folded, as there is something to see already. */
  folded: boolean;
  onRun: (input: Record<string, unknown>) => Promise<void>;
  onStop: () => void;
}

const ANY: JsonSchema = { type: "object" };

/** The input of a graph that is no chat, as a form of its schema or as JSON. */
export function GraphInput({ schema, loading, busy, mayRun, folded, onRun, onStop }: GraphInputProps) {
  const [open, setOpen] = useState(!folded);
  const [value, setValue] = useState<unknown>(undefined);
  const [error, setError] = useState<unknown>(null);
  if (loading) return <Loading what="Reading what the graph takes" />;
  const run = (input: unknown) => {
    setError(null);
    setValue(input);
    setOpen(false);
    onRun(input as Record<string, unknown>).catch((thrown: unknown) => {
      setError(thrown);
      setOpen(true);
    });
  };
  const stop = busy ? (
    <Button look="danger" onClick={onStop} why={whyNotAsk(mayRun)}>
      <Square size={14} aria-hidden /> Stop
    </Button>
  ) : null;
  if (!open) {
    return (
      <p className={styles.folded}>
        <Button onClick={() => setOpen(true)} why={whyNotAsk(mayRun)}>
          {busy ? "Run with another input after this" : "Run with another input"}
        </Button>
        {stop}
      </p>
    );
  }
  return (
    <section className={styles.input} aria-label="Input of the graph">
      <SchemaForm
        schema={schema ?? ANY}
        value={value}
        onSubmit={run}
        submitLabel={busy ? "Run after this" : "Run"}
        disabled={!mayRun}
      />
      {stop}
      {error === null ? null : <ProblemNotice error={error} />}
    </section>
  );
}
