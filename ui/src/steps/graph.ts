import type { AssistantGraph } from "@langchain/langgraph-sdk";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { useConnection } from "@/api/session";

/** A graph's drawing, its subgraphs opened where the server can. */
export function useGraph(assistant: string | null): UseQueryResult<AssistantGraph> {
  const { client, url } = useConnection();
  return useQuery({
    queryKey: ["assistants", assistant, "graph", url],
    queryFn: async () => {
      const { assistants } = client;
      const id = assistant ?? "";
      return await assistants.getGraph(id, { xray: true }).catch(() => assistants.getGraph(id));
    },
    enabled: assistant !== null,
    staleTime: 60_000,
  });
}

/** The nodes of the graph itself, without its beginning, its end and what is in subgraphs. */
export function nodeNames(graph: AssistantGraph | undefined): string[] {
  const names = (graph?.nodes ?? []).map((node) => String(node.id).split(":")[0] ?? "");
  return [...new Set(names)].filter((name) => name !== "__start__" && name !== "__end__" && name !== "");
}
