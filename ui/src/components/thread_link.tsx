import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { useSession } from "@/api/session";

const KNOWN = 200;
const FRESH_MS = 30_000;

/** The titles of the latest threads, by id. */
export function useTitles(): Map<string, string> {
  const { connection, isPodium } = useSession();
  const { data } = useQuery({
    queryKey: ["threads", "titles", connection.url],
    queryFn: async () => {
      const { threads } = await connection.call<{ threads: { thread_id: string; title: string }[] }>(
        "/threads",
        {
          query: { limit: KNOWN },
        },
      );
      return new Map(threads.map((one) => [one.thread_id, one.title]));
    },
    enabled: isPodium,
    staleTime: FRESH_MS,
  });
  return data ?? NONE;
}

const NONE = new Map<string, string>();

/** A thread by its title, or by the start of its id where it has none that is known. */
export function ThreadLink({
  id,
  titles,
  view = "",
}: {
  id: string;
  titles: Map<string, string>;
  view?: string;
}) {
  const title = titles.get(id);
  return (
    <Link to={`/threads/${encodeURIComponent(id)}${view}`} title={id}>
      {title ? <bdi>{title}</bdi> : <code>{id.slice(0, 8)}</code>}
    </Link>
  );
}
