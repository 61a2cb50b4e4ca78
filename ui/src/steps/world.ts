import { useSession } from "@/api/session";

/** What a run of a graph may do to the outside world, as far as the server holds it. */
export type World = "governed" | "unguarded";

/** Whether approvals and the ledger stand before what a graph does, which is so for a project's own graph. */
export function useWorld(graphId: string | null): World {
  const { me } = useSession();
  const own = me?.project.graphs.some((graph) => graph.own && graph.graph_id === graphId) ?? false;
  return own ? "governed" : "unguarded";
}
