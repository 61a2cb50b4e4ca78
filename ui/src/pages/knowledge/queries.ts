import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { callPage } from "@/api/paged";
import { useConnection } from "@/api/session";
import { documentPath } from "./addresses";
import type { Chunk, Collections, DocumentShown, DocumentText, Found } from "./types";

export const DOCUMENTS_SIZE = 50;
const CHUNKS_SIZE = 200;

export function useCollections() {
  const connection = useConnection();
  return useQuery({
    queryKey: ["knowledge", "collections", connection.url],
    queryFn: () => connection.call<Collections>("/knowledge/collections"),
  });
}

export function useDocuments(collection: string, query: string, offset: number) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["knowledge", "documents", connection.url, { collection, query, offset }],
    queryFn: ({ signal }) =>
      callPage<{ documents: DocumentShown[] }>(
        connection,
        `/knowledge/collections/${encodeURIComponent(collection)}/documents`,
        { query, offset, limit: DOCUMENTS_SIZE },
        signal,
      ),
    placeholderData: keepPreviousData,
    enabled: collection !== "",
  });
}

/** The text of a document, part by part from where it is first looked at. */
export function useDocumentText(collection: string, source: string) {
  const connection = useConnection();
  return useInfiniteQuery({
    queryKey: ["knowledge", "text", connection.url, collection, source],
    queryFn: ({ pageParam, signal }) =>
      connection.call<DocumentText>(documentPath(collection, source), {
        query: { start: pageParam },
        signal,
      }),
    initialPageParam: 0,
    getNextPageParam: (last) => (last.end < last.document.characters ? last.end : undefined),
  });
}

export function useChunks(collection: string, source: string) {
  const connection = useConnection();
  return useInfiniteQuery({
    queryKey: ["knowledge", "chunks", connection.url, collection, source],
    queryFn: ({ pageParam, signal }) =>
      callPage<{ chunks: Chunk[] }>(
        connection,
        documentPath(collection, source, "/chunks"),
        { limit: CHUNKS_SIZE, offset: pageParam },
        signal,
      ),
    initialPageParam: 0,
    getNextPageParam: (last) => last.next ?? undefined,
  });
}

export interface Question {
  query: string;
  collection: string;
  k: number;
  asOf: string;
}

export function useFound({ query, collection, k, asOf }: Question) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["knowledge", "search", connection.url, { query, collection, k, asOf }],
    queryFn: ({ signal }) =>
      connection.call<Found>("/knowledge/search", {
        method: "POST",
        body: { query, k, collection: collection || null, explain: true, as_of: asOf || null },
        signal,
      }),
    enabled: query !== "",
    staleTime: 60_000,
  });
}
