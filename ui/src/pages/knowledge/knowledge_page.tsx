import { useSession } from "@/api/session";
import { SelectFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { PageFrame } from "@/components/page";
import { Tabs } from "@/components/tabs";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { AddFiles } from "./add_files";
import { DocumentView } from "./document_view";
import { DocumentsList } from "./documents_list";
import styles from "./knowledge.module.css";
import { useCollections } from "./queries";
import { ReadAgain } from "./read_again";
import { SearchPlayground } from "./search_playground";
import type { Collections } from "./types";

const VIEWS = [
  { value: "documents", label: "Documents" },
  { value: "search", label: "Try a search" },
];

export function Page() {
  const { said } = useView();
  const query = useCollections();
  const searching = said("view") === "search";
  return (
    <PageFrame
      title="Knowledge"
      lead="What the agents may look things up in: the documents, how they were cut, and why a search finds what it finds."
    >
      <Tabs
        label="Views of the knowledge"
        name="view"
        tabs={VIEWS}
        forget={["document", "page", "start", "end", "chunk"]}
      />
      <Loaded query={query}>
        {(known) => (searching ? <SearchPlayground known={known} /> : <Documents known={known} />)}
      </Loaded>
    </PageFrame>
  );
}

function Documents({ known }: { known: Collections }) {
  const { said } = useView();
  const { me } = useSession();
  const first = known.collections[0];
  if (first === undefined) {
    return (
      <Empty title="The project has no collection of documents.">
        Name one in podium.toml, such as <code>[knowledge.collections.handbook]</code> with its{" "}
        <code>paths</code>.
      </Empty>
    );
  }
  const chosen = known.collections.find((one) => one.name === said("collection")) ?? first;
  const source = said("document");
  if (source !== "") return <DocumentView collection={chosen.name} source={source} />;
  const options = known.collections.map((one) => ({ value: one.name, label: one.name }));
  return (
    <>
      <div className={styles.collection}>
        {known.collections.length === 1 ? null : (
          <SelectFilter label="Collection" name="collection" options={options} fallback={first.name} />
        )}
        <p>
          <strong>{chosen.name}</strong> · {whole(chosen.documents)} documents · {whole(chosen.passages)}{" "}
          passages · trust: {chosen.trust} · read by: {chosen.access}
          {chosen.description === "" ? null : <span className="muted"> · {chosen.description}</span>}
        </p>
        <ReadAgain collection={chosen.name} may={me?.may.run_project ?? false} />
      </div>
      <AddFiles collection={chosen.name} formats={known.formats ?? []} may={me?.may.run_project ?? false} />
      <DocumentsList collection={chosen.name} />
    </>
  );
}
