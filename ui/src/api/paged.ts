import type { Connection } from "./connection";

/** One page of a list: what the answer holds, and how many there are in all. */
export interface Page<T> {
  body: T;
  total: number;
  /** The offset of the next page; null on the last one. */
  next: number | null;
}

/** Reads one page of a list that pages by offset. */
export async function callPage<T>(
  connection: Connection,
  path: string,
  query: Record<string, string | number | boolean | null | undefined>,
  signal?: AbortSignal,
): Promise<Page<T>> {
  const response = await connection.open(path, { query, signal });
  const body = (await response.json()) as T;
  const next = response.headers.get("x-pagination-next");
  return {
    body,
    total: Number(response.headers.get("x-pagination-total") ?? 0),
    next: next === null || next === "" ? null : Number(next),
  };
}
