import { Client } from "@langchain/langgraph-sdk/client";
import { problemOf } from "./problem";

/** A server to talk to: ours, or any other Agent Server. */
export interface Connection {
  /** Origin and path without a slash at the end. */
  readonly url: string;
  readonly key: string;
  /** The server's client for the stock protocol. */
  readonly client: Client;
  /** Calls `/podium/v1` + path; the answer's JSON. Throws a `Problem`. */
  call<T>(path: string, options?: CallOptions): Promise<T>;
  /** As `call`, with the answer itself, for streams and downloads. */
  open(path: string, options?: CallOptions): Promise<Response>;
}

interface CallOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  /** Sent as JSON, or as it is when it is a Blob or form data. */
  body?: unknown;
  query?: Record<string, string | number | boolean | null | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

const OWN = "/podium/v1";

/** The URL of a path under `/podium/v1`, with what the query holds. */
export function podiumUrl(server: string, path: string, query: CallOptions["query"] = {}): string {
  const said = Object.entries(query).filter(
    ([, value]) => value !== undefined && value !== null && value !== "",
  );
  const search = new URLSearchParams(said.map(([name, value]) => [name, String(value)])).toString();
  return `${server}${OWN}${path}${search === "" ? "" : `?${search}`}`;
}

/** Connects to a server. */
export function connect(url: string, key: string): Connection {
  const credentials: Record<string, string> = key === "" ? {} : { "x-api-key": key };

  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    const { method = "GET", body, query, headers, signal } = options;
    const raw = body instanceof Blob || body instanceof FormData;
    const response = await fetch(podiumUrl(url, path, query), {
      method,
      headers: {
        ...credentials,
        ...(body === undefined || raw ? {} : { "content-type": "application/json" }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (!response.ok) throw await problemOf(response);
    return response;
  }

  async function call<T>(path: string, options?: CallOptions): Promise<T> {
    const response = await open(path, options);
    return (response.status === 204 ? null : await response.json()) as T;
  }

  const client = new Client({
    apiUrl: url,
    apiKey: key === "" ? null : key,
    callerOptions: { maxRetries: 1 },
  });
  return { url, key, client, call, open };
}
