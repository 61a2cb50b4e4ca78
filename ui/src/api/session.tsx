import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useState } from "react";
import { type Connection, connect } from "./connection";
import { asProblem, Problem } from "./problem";

/** Who asks, what they may do and what answers, as `GET /podium/v1/me` tells it. */
export interface Me {
  principal: string;
  tenant: string;
  roles: string[];
  scopes: string[];
  may: {
    read: boolean;
    run: boolean;
    decide: boolean;
    administer: boolean;
    /** Administers the project itself: audit, settings, evaluations, ingestion. */
    run_project: boolean;
  };
  dev: boolean;
  version: string;
  project: {
    name: string;
    description: string;
    /** What one may say to its own graph; servers of an older version tell none. */
    examples?: string[];
    graphs: ProjectGraph[];
  };
  models: { offline: boolean; roles: Record<string, RoleModel>; providers: ModelProvider[] };
}

interface ProjectGraph {
  graph_id: string;
  description: string;
  /** Whether it is the project's own graph, of Podium's nodes. */
  own: boolean;
  error: { code: string; message: string; hint: string } | null;
}

interface RoleModel {
  model: string;
  provider: string;
  ready: boolean;
  problem: string | null;
}

export interface ModelProvider {
  provider: string;
  models: string[];
  place: string;
  source: "environment" | "stored" | "file" | "command" | "none_needed" | "missing";
  settable: boolean;
  how: string;
}

/** What the open server is: Podium with all its pages, or another Agent Server with the stock ones. */
interface Session {
  connection: Connection;
  /** Null while it loads, and for servers that are not Podium. */
  me: Me | null;
  isPodium: boolean;
  loading: boolean;
  /** Why the server does not answer; a 401 asks for a key. */
  problem: Problem | null;
  /** Opens a server; an empty URL is the one this page came from. Without a key, one given in this tab is used. */
  openServer(url: string, key?: string): void;
  retry(): void;
}

const SessionContext = createContext<Session | null>(null);

/** The session of this page. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("useSession is used outside SessionProvider");
  return session;
}

/** The connection of this page. */
export function useConnection(): Connection {
  return useSession().connection;
}

/** Whether the person may do something; another Agent Server judges by itself. */
export function useMay(what: keyof Me["may"]): boolean {
  const { me, isPodium } = useSession();
  return isPodium ? (me?.may[what] ?? false) : true;
}

const SERVER = "podium.server";
const keyOf = (url: string) => `podium.key:${url}`;

function stored(): { url: string; key: string } {
  const url = localStorage.getItem(SERVER) || window.location.origin;
  return { url, key: sessionStorage.getItem(keyOf(url)) ?? "" };
}

async function whoAmI(connection: Connection): Promise<Me | null> {
  try {
    return await connection.call<Me>("/me");
  } catch (error) {
    if (error instanceof Problem && error.status === 404) {
      await connection.client.assistants.search({ limit: 1 });
      return null;
    }
    throw error;
  }
}

/** A server that is away for a moment, such as one that starts again, is none: the pages stay and try again. */
function problemOf(error: unknown, isKnown: boolean): Problem | null {
  if (error === null) return null;
  const problem = asProblem(error);
  return isKnown && (problem.status === 0 || problem.status >= 502) ? null : problem;
}

export function SessionProvider({ children }: { children: ReactNode }) {
  const [server, setServer] = useState(stored);
  const connection = useMemo(() => connect(server.url, server.key), [server]);
  const me = useQuery({
    queryKey: ["me", server.url, server.key],
    queryFn: () => whoAmI(connection),
    staleTime: 60_000,
  });
  const queries = useQueryClient();
  const openServer = useCallback(
    (url: string, given?: string) => {
      const chosen = url.trim().replace(/\/+$/, "") || window.location.origin;
      const key = given ?? sessionStorage.getItem(keyOf(chosen)) ?? "";
      if (chosen === window.location.origin) localStorage.removeItem(SERVER);
      else localStorage.setItem(SERVER, chosen);
      if (key === "") sessionStorage.removeItem(keyOf(chosen));
      else sessionStorage.setItem(keyOf(chosen), key);
      // What another key, or another server, was shown is nothing for this one.
      queries.clear();
      setServer({ url: chosen, key });
    },
    [queries],
  );
  const { data, isLoading, error, refetch } = me;
  const session = useMemo<Session>(
    () => ({
      connection,
      me: data ?? null,
      isPodium: data !== null && data !== undefined,
      loading: isLoading,
      problem: problemOf(error, data !== undefined),
      openServer,
      retry: () => void refetch(),
    }),
    [connection, data, isLoading, error, refetch, openServer],
  );
  return <SessionContext value={session}>{children}</SessionContext>;
}
