import { useCallback } from "react";
import { useLocation, useSearchParams } from "react-router";

/** What of a view is to change: a value, or null for what is no longer said. */
type Patch = Record<string, string | null | undefined>;

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
  const { pathname } = useLocation();
  const change = useCallback(
    (patch: Patch, { push = false } = {}) => {
      // The address may have changed since this was rendered; what is left is not gone back to.
      if (!window.location.pathname.endsWith(pathname)) return;
      setSearch(patched(new URLSearchParams(window.location.search), patch), { replace: !push });
    },
    [setSearch, pathname],
  );
  const said = useCallback((name: string) => search.get(name) ?? "", [search]);
  return { search, said, change };
}
