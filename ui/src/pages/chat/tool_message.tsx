import { Wrench } from "lucide-react";
import { LongText } from "@/components/long_text";
import { textOf } from "./messages";
import styles from "./tool_message.module.css";
import type { Message, ToolCall } from "./types";

/** A tool that a model called, or what the tool gave back; folded. */
export function ToolMessage({ call, message }: { call?: ToolCall; message?: Message }) {
  const name = call?.name ?? message?.name ?? "tool";
  const text = call === undefined ? (message ? textOf(message) : "") : JSON.stringify(call.args, null, 2);
  return (
    <details className={styles.tool}>
      <summary>
        <Wrench size={14} aria-hidden /> {call === undefined ? "Result of" : "Calls"} <code>{name}</code>
        {message?.status === "error" ? " (failed)" : ""}
      </summary>
      <div className={styles.body}>
        <LongText text={text} label={`${call === undefined ? "Result of" : "Arguments for"} ${name}`} />
      </div>
    </details>
  );
}
