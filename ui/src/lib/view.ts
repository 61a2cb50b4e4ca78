import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** What of a view is to change: a value, or null for what is no longer said. */
export type Patch = Record<string, string | null | undefined>;

/** The search of an address with some of it changed; what is empty is left out. */
export function patched(search: URLSearchParams, patch: Patch): URLSearchParams {
  const next = new URLSearchParams(search);
  for (const [name, value] of Object.entries(patch)) {
    if (value === null || value === undefined || value === "") next.delete(name);
    else next.set(name, value);
  }
  return next;
}

/**
 * The view that the address holds, and how to change it.
 *
 * Filters replace the entry in the browser's history; `{ push: true }` adds one, for what "back" should undo.
 */
export function useView() {
  const [search, setSearch] = useSearchParams();
  const change = useCallback(
    (patch: Patch, { push = false } = {}) => {
      setSearch((before) => patched(before, patch), { replace: !push });
    },
    [setSearch],
  );
  const said = useCallback((name: string) => search.get(name) ?? "", [search]);
  return { search, said, change };
}
