import { useMay, useSession } from "@/api/session";
import { named } from "@/judging/words";
import { useCollections } from "@/pages/knowledge/queries";
import styles from "./start.module.css";
import type { Conversation } from "./use_conversation";
import { whyNotAsk } from "./words";

const SHOWN = 4;

/** What a new conversation can be about: the project's own examples, which are asked when pressed, or its documents. */
export function Examples({ conversation }: { conversation: Conversation }) {
  const { me } = useSession();
  if (!conversation.own) return null;
  const examples = me?.project.examples ?? [];
  return examples.length === 0 ? <Documents /> : <Offered examples={examples} conversation={conversation} />;
}

function Offered({ examples, conversation }: { examples: string[]; conversation: Conversation }) {
  const mayRun = useMay("run");
  return (
    <section className={styles.examples} aria-label="Examples">
      {examples.map((example) => (
        <button
          key={example}
          type="button"
          className={styles.example}
          dir="auto"
          disabled={!mayRun || conversation.asking}
          title={whyNotAsk(mayRun)}
          onClick={() => void conversation.ask({ text: example }).catch(() => undefined)}
        >
          {example}
        </button>
      ))}
    </section>
  );
}

/** What the documents are about that may be asked about; nothing where there are none. */
function Documents() {
  const { data } = useCollections();
  const found = data?.collections ?? [];
  if (found.length === 0) return null;
  return (
    <section className={styles.examples} aria-label="What it knows">
      {found.slice(0, SHOWN).map(({ name, description }) => (
        <p key={name} dir="auto">
          <strong>{named(name)}</strong>
          {description === "" ? null : `: ${description}`}
        </p>
      ))}
    </section>
  );
}
