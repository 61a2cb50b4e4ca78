import { useState } from "react";
import { Link } from "react-router";
import { useSession } from "@/api/session";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { FilterBar, TextFilter } from "@/components/filters";
import { Loaded } from "@/components/loaded";
import { Empty } from "@/components/notice";
import { Pager, pageOffset } from "@/components/pager";
import { type Column, Table } from "@/components/table";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { documentAddress } from "./addresses";
import styles from "./knowledge.module.css";
import { DOCUMENTS_SIZE, useDocuments } from "./queries";
import { RemoveDialog } from "./remove_dialog";
import type { DocumentShown } from "./types";

/** The documents of a collection, page by page. */
export function DocumentsList({ collection }: { collection: string }) {
  const { said } = useView();
  const words = said("words");
  const offset = pageOffset(said("page"), DOCUMENTS_SIZE);
  const query = useDocuments(collection, words, offset);
  return (
    <>
      <FilterBar>
        <TextFilter label="Find a document" name="words" placeholder="Part of its title or file name" />
      </FilterBar>
      <Loaded query={query}>
        {({ body: { documents }, total }) => (
          <>
            {documents.length > 0 ? <DocumentsTable documents={documents} /> : <None words={words} />}
            <Pager what="documents" total={total} size={DOCUMENTS_SIZE} shown={documents.length} />
          </>
        )}
      </Loaded>
    </>
  );
}

function None({ words }: { words: string }) {
  return words === "" ? (
    <Empty title="There are no documents yet.">Add files above, or read those of the project.</Empty>
  ) : (
    <Empty title="No document is called that.">Try fewer words.</Empty>
  );
}

function DocumentsTable({ documents }: { documents: DocumentShown[] }) {
  const { me } = useSession();
  const [leaving, setLeaving] = useState<DocumentShown | null>(null);
  const may = me?.may.run_project ?? false;
  const columns: Column<DocumentShown>[] = [
    {
      name: "Document",
      cell: (one) => (
        <div className={styles.document}>
          <Link to={documentAddress(one.collection, one.source)}>
            <bdi>{one.title || one.source}</bdi>
          </Link>
          {one.title === "" || one.title === one.source ? null : (
            <p className="muted">
              <bdi>{one.source}</bdi>
            </p>
          )}
        </div>
      ),
    },
    { name: "State", cell: (one) => <DocumentState document={one} /> },
    { name: "Date", cell: (one) => one.date || "–" },
    { name: "Passages", numeric: true, cell: (one) => whole(one.passages) },
    { name: "Characters", numeric: true, cell: (one) => whole(one.characters) },
    {
      name: "More",
      cell: (one) => (
        <Button
          small
          look="quiet"
          disabled={!may}
          title={may ? undefined : "Only those who run the project may take documents out."}
          onClick={() => setLeaving(one)}
        >
          Remove<span className="visually-hidden"> {one.title || one.source}</span>
        </Button>
      ),
    },
  ];
  return (
    <>
      <Table caption="Documents" columns={columns} rows={documents} keyOf={(one) => one.source} />
      {leaving === null ? null : <RemoveDialog document={leaving} onClose={() => setLeaving(null)} />}
    </>
  );
}

/** Whether a document still holds, and where it came from. */
export function DocumentState({ document }: { document: DocumentShown }) {
  const current = document.status === "" || document.status === "current";
  return (
    <span className={styles.badges}>
      {document.superseded_by !== "" ? (
        <Badge tone="warn" title={`Replaced by ${document.superseded_by}`}>
          replaced
        </Badge>
      ) : (
        <Badge tone={current ? "good" : "neutral"}>{current ? "current" : document.status}</Badge>
      )}
      {document.uploaded ? <Badge tone="accent">added here</Badge> : null}
    </span>
  );
}
