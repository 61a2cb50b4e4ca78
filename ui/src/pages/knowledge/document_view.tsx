import { useEffect, useMemo } from "react";
import { BackLink } from "@/components/back_link";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { Loading, ProblemNotice } from "@/components/notice";
import { Panes } from "@/components/panes";
import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { ChunkList } from "./chunk_list";
import { DocumentBody } from "./document_body";
import { DocumentState } from "./documents_list";
import styles from "./knowledge.module.css";
import { useChunks, useDocumentText } from "./queries";
import type { Span } from "./segments";
import type { Chunk, DocumentShown } from "./types";

/** A document as it was read, and the passages that it was cut into. */
export function DocumentView({ collection, source }: { collection: string; source: string }) {
  const { said, change } = useView();
  const text = useDocumentText(collection, source);
  const cut = useChunks(collection, source);
  const chunks = useMemo(() => (cut.data?.pages ?? []).flatMap((page) => page.body.chunks), [cut.data]);
  const parts = text.data?.pages ?? [];
  const chosen = spanOf(said, chunks);
  const read = parts.at(-1)?.end ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = text;
  const wants = chosen !== undefined && chosen.end > read && hasNextPage && !isFetchingNextPage;
  useEffect(() => {
    if (wants) void fetchNextPage();
  }, [wants, fetchNextPage]);
  const joined = useMemo(() => parts.map((part) => part.text).join(""), [parts]);
  const choose = (chunk: Chunk) => change({ chunk: chunk.id, start: null, end: null });
  const document = parts[0]?.document;
  return (
    <>
      <BackLink to={`/knowledge?collection=${encodeURIComponent(collection)}`}>All documents</BackLink>
      {text.error === null ? null : <ProblemNotice error={text.error} onRetry={() => void text.refetch()} />}
      {cut.error === null ? null : <ProblemNotice error={cut.error} onRetry={() => void cut.refetch()} />}
      {document === undefined ? (
        text.error === null ? (
          <Loading what="Reading the document" />
        ) : null
      ) : (
        <>
          <Head document={document} />
          <Panes
            widths="minmax(240px, 340px) minmax(0, 1fr)"
            kept={
              <ChunkList
                chunks={chunks}
                total={document.passages}
                chosen={said("chunk")}
                onChoose={choose}
                onMore={cut.hasNextPage ? () => void cut.fetchNextPage() : undefined}
              />
            }
          >
            <Card label="The document's text">
              <DocumentBody text={joined} chunks={chunks} chosen={chosen} onChoose={choose} />
              {hasNextPage ? (
                <div>
                  <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                    Show more of {whole(document.characters)} characters
                  </Button>
                </div>
              ) : null}
            </Card>
          </Panes>
        </>
      )}
    </>
  );
}

/** The span that the address means: two offsets, or a passage. */
function spanOf(said: (name: string) => string, chunks: Chunk[]): Span | undefined {
  const [start, end] = [Number(said("start")), Number(said("end"))];
  if (said("end") !== "" && Number.isFinite(start) && end > start) return { start, end };
  return chunks.find((one) => one.id === said("chunk"));
}

function Head({ document }: { document: DocumentShown }) {
  return (
    <header className={styles.documentHead}>
      <h2>
        <bdi>{document.title || document.source}</bdi>
      </h2>
      <DocumentState document={document} />
      <p className="muted">
        <bdi>{document.source}</bdi> · {whole(document.characters)} characters in {whole(document.passages)}{" "}
        passages
        {document.date === "" ? null : ` · ${document.date}`}
      </p>
      {document.superseded_by === "" ? null : <Badge tone="warn">Replaced by {document.superseded_by}</Badge>}
    </header>
  );
}
