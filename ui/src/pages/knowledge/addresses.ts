/** The address of a document, with the span to show when one is meant. */
export function documentAddress(
  collection: string,
  source: string,
  span?: { start: number; end: number },
): string {
  const search = new URLSearchParams({ collection, document: source });
  if (span !== undefined) {
    search.set("start", String(span.start));
    search.set("end", String(span.end));
  }
  return `/knowledge?${search}`;
}

/** The path of a document in the API; a source may hold slashes. */
export function documentPath(collection: string, source: string, rest = ""): string {
  const encoded = source.split("/").map(encodeURIComponent).join("/");
  return `/knowledge/collections/${encodeURIComponent(collection)}/documents/${encoded}${rest}`;
}
