import { Link } from "react-router";
import { useSession } from "@/api/session";
import { ProblemNotice } from "@/components/notice";
import { Examples } from "./examples";
import { useAssistants } from "./queries";
import styles from "./start.module.css";
import type { Conversation } from "./use_conversation";

interface StartProps {
  assistant: string | null;
  onAssistant: (id: string) => void;
  conversation: Conversation;
}

/** Where a conversation begins: who will answer, and how to write. */
export function Start({ assistant, onAssistant, conversation }: StartProps) {
  const { me, connection } = useSession();
  const assistants = useAssistants();
  const all = assistants.data ?? [];
  const chosen = assistant ?? conversation.assistantId ?? "";
  const about = all.find((one) => one.assistant_id === chosen);
  const broken = me?.project.graphs.find((graph) => graph.graph_id === about?.graph_id)?.error ?? null;
  return (
    <section className={styles.start} aria-label="New conversation">
      <div className={styles.inner}>
        <h2>{me?.project.name ?? connection.url}</h2>
        <p dir="auto">{about?.description || me?.project.description || "Ask something to begin."}</p>
        {all.length > 1 ? (
          <label className={styles.choice}>
            <span>Talk to</span>
            <select value={chosen} onChange={(event) => onAssistant(event.target.value)}>
              {all.map((one) => (
                <option key={one.assistant_id} value={one.assistant_id}>
                  {one.name || one.graph_id}
                  {one.name && one.name !== one.graph_id ? ` (${one.graph_id})` : ""}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <Examples conversation={conversation} />
        {assistants.error === null ? null : <ProblemNotice error={assistants.error} />}
        {broken === null ? null : <ProblemNotice error={new Error(`${broken.message} ${broken.hint}`)} />}
        {conversation.askError === null ? null : <ProblemNotice error={conversation.askError} />}
        {me?.models.offline ? (
          <p className={styles.offline}>
            No language model is set up, so the offline agents answer: they quote, and they never guess.{" "}
            {me.may.run_project ? <Link to="/settings">Set up a model</Link> : null}
          </p>
        ) : null}
        <p className={styles.keys}>
          <kbd>Enter</kbd> sends, <kbd>Shift</kbd> + <kbd>Enter</kbd> begins a new line, <kbd>Esc</kbd> stops,{" "}
          <kbd>/</kbd> goes to the message.
        </p>
      </div>
    </section>
  );
}
