import { useQuery } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import type { Decision } from "./model";

const PAGE = 500;
/** A thread that decided more often shows its first so many. */
const MOST = 5_000;

interface Told {
  decisions: Decision[];
  next: number | null;
}

/** Every decision of a thread, oldest first. */
export function useDecisions(threadId: string) {
  const connection = useConnection();
  return useQuery({
    queryKey: ["decisions", threadId, connection.url],
    queryFn: async ({ signal }) => {
      const found: Decision[] = [];
      let after: number | null = null;
      do {
        const page: Told = await connection.call<Told>(`/threads/${encodeURIComponent(threadId)}/decisions`, {
          query: { limit: PAGE, after },
          signal,
        });
        found.push(...page.decisions);
        after = page.next;
      } while (after !== null && found.length < MOST);
      return found;
    },
  });
}
