/** What went wrong with a request, as the server says it: one line, a stable code and what to do next. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly hint: string = "",
  ) {
    super(message);
    this.name = "Problem";
  }
}

const UNREACHABLE_HINT = "Is it still running? The page goes on by itself when it is back.";

/** How browsers call what goes wrong on the way; every other type error is one of these pages themselves. */
const NETWORK = /fetch|network|load failed|input stream|connection/i;

/** The problem that an answer which is no success tells. */
export async function problemOf(response: Response): Promise<Problem> {
  const body: unknown = await response.json().catch(() => null);
  const told = body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  const detail =
    typeof told.detail === "string" ? told.detail : response.statusText || `HTTP ${response.status}`;
  const code = typeof told.code === "string" ? told.code : `http_${response.status}`;
  return new Problem(response.status, code, detail, typeof told.hint === "string" ? told.hint : "");
}

/** Any thrown thing as a problem, those of the SDK and of the network included. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError && NETWORK.test(thrown.message)) {
    return new Problem(0, "unreachable", "The server cannot be reached.", UNREACHABLE_HINT);
  }
  const error = thrown as { status?: number; message?: string; text?: string };
  const told = /HTTP (\d+): ([\s\S]*)/.exec(error.message ?? "");
  if (told === null) return new Problem(error.status ?? 0, "error", error.message ?? String(thrown));
  try {
    const body = JSON.parse(told[2] ?? "") as Record<string, unknown>;
    return new Problem(
      Number(told[1]),
      String(body.code ?? ""),
      String(body.detail ?? ""),
      String(body.hint ?? ""),
    );
  } catch {
    return new Problem(Number(told[1]), `http_${told[1]}`, told[2] ?? "");
  }
}
