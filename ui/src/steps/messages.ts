/** A message of a state, as far as it is shown. */
export interface ShownMessage {
  id: string;
  who: string;
  text: string;
  calls: { name: string; args: unknown }[];
}

type Values = Record<string, unknown>;

const record = (value: unknown): Values =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Values) : {};

const WHO: Record<string, string> = {
  human: "You",
  user: "You",
  ai: "Answer",
  assistant: "Answer",
  tool: "Tool",
  system: "System",
};

/** The text of a message, its other parts left out. */
export function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content))
    return content === undefined || content === null ? "" : JSON.stringify(content);
  return content
    .map((part) => (typeof part === "string" ? part : String(record(part).text ?? "")))
    .filter(Boolean)
    .join("\n");
}

/** Whether a value is a message as the stock protocol tells them. */
export function isMessage(value: unknown): boolean {
  const { type, role, content } = record(value);
  return content !== undefined && String(type ?? role ?? "") in WHO;
}

export function messageOf(told: unknown, at: number): ShownMessage {
  const message = record(told);
  const kind = String(message.type ?? message.role ?? "");
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  return {
    id: String(message.id ?? at),
    who: WHO[kind] ?? kind,
    text: textOf(message.content),
    calls: calls.map((call) => ({ name: String(record(call).name ?? ""), args: record(call).args })),
  };
}

/** The messages of a state; none for graphs without. */
export function messagesOf(values: unknown): ShownMessage[] {
  const { messages } = record(values);
  return Array.isArray(messages) ? messages.map(messageOf) : [];
}
