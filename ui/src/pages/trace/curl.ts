import { podiumUrl } from "@/api/connection";
import type { ModelCall } from "./span";

/** A text as one word of a shell. */
export const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

const TOOL_ROLES: Record<string, string> = { human: "user", ai: "assistant" };

/** The call of a model again, for any server that speaks OpenAI's protocol; the key comes from the environment. */
export function curlOfModel(call: ModelCall): string {
  const model = call.model.includes(":") ? call.model.slice(call.model.indexOf(":") + 1) : call.model;
  const messages = call.messages.map(({ role, text }) => ({ role: TOOL_ROLES[role] ?? role, content: text }));
  return [
    `curl "\${OPENAI_BASE_URL:-https://api.openai.com/v1}/chat/completions"`,
    `  -H "Authorization: Bearer $OPENAI_API_KEY"`,
    `  -H 'Content-Type: application/json'`,
    `  --data-raw ${quoted(JSON.stringify({ model, messages }))}`,
  ].join(" \\\n");
}

/** Asks this server for a span by itself; the key, where one is needed, comes from the environment. */
export function curlOfSpan(server: string, needsKey: boolean, threadId: string, seq: number): string {
  const url = quoted(podiumUrl(server, `/threads/${threadId}/trace/${seq}`));
  return needsKey ? `curl -H "X-Api-Key: $PODIUM_API_KEY" ${url}` : `curl ${url}`;
}
