import type { JsonSchema } from "@/components/schema_form";
import { useInputSchema } from "./queries";
import type { Conversation } from "./use_conversation";

interface ChatInput {
  /** Whether one talks to it, or fills in a form. */
  isChat: boolean;
  schema: JsonSchema | null;
  loading: boolean;
}

/** How a graph is asked: by words where its input has messages, else by a form of its input's schema. */
export function useChatInput({ own, assistantId, values }: Conversation): ChatInput {
  const schema = useInputSchema(own ? null : assistantId);
  if (own) return { isChat: true, schema: null, loading: false };
  const found = schema.data as JsonSchema | null | undefined;
  const properties = (found as { properties?: Record<string, unknown> } | null | undefined)?.properties;
  const talks = properties !== undefined && "messages" in properties;
  const unknown = found === null || schema.error !== null;
  return {
    isChat: talks || (unknown && Array.isArray(values.messages)),
    schema: found ?? null,
    loading: schema.isLoading,
  };
}
