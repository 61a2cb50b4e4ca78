import type { ReactNode } from "react";
import { Button } from "./button";
import { Loading, ProblemNotice } from "./notice";

interface LoadedProps<Data> {
  query: { data: Data | undefined; error: unknown; refetch: () => unknown };
  /** What is done meanwhile: "Comparing". */
  what?: string;
  children: (data: Data) => ReactNode;
}

/** What is read from the server: what came, also while it cannot be read again; else why not, or that it comes. */
export function Loaded<Data>({ query: { data, error, refetch }, what, children }: LoadedProps<Data>) {
  return (
    <>
      {error === null ? null : <ProblemNotice error={error} onRetry={() => void refetch()} />}
      {data === undefined ? error === null ? <Loading what={what} /> : null : children(data)}
    </>
  );
}

interface MoreProps {
  query: { hasNextPage: boolean; isFetchingNextPage: boolean; fetchNextPage: () => unknown };
  /** What it brings: "Older records". */
  children: ReactNode;
}

/** Reads the next ones of a list, as long as there are some. */
export function More({ query: { hasNextPage, isFetchingNextPage, fetchNextPage }, children }: MoreProps) {
  if (!hasNextPage) return null;
  return (
    <div>
      <Button disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>
        {isFetchingNextPage ? "Reading…" : children}
      </Button>
    </div>
  );
}
