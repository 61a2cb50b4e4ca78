import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useConnection } from "@/api/session";
import { useAnnounce } from "@/components/announcer";

interface SetUp {
  effective: "now" | "reload" | "restart";
  message: string;
}

/** What changes which model answers, or with which key. */
export interface Change {
  path: "/models/key" | "/models/default";
  method: "PUT" | "DELETE";
  body?: unknown;
  query?: { provider: string };
}

/** Changes what answers, and says when that counts. */
export function useSetUp(onDone: () => void = () => undefined) {
  const connection = useConnection();
  const queries = useQueryClient();
  const announce = useAnnounce();
  return useMutation({
    mutationFn: ({ path, ...options }: Change) => connection.call<SetUp>(path, options),
    onSuccess: ({ message }) => {
      announce(message);
      void queries.invalidateQueries({ queryKey: ["me"] });
      onDone();
    },
  });
}

/** "NAME" as "openai:NAME"; null for none. */
export function modelOf(provider: string, name: string): string | null {
  const said = name.trim();
  return said === "" ? null : said.includes(":") ? said : `${provider}:${said}`;
}
