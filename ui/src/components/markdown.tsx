import { memo, type ReactNode, useMemo, useState } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";
import { whole } from "@/lib/numbers";
import { Button } from "./button";
import styles from "./markdown.module.css";

interface Node {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: Node[];
}

/** A text in parts: words, or something that stands in their place, known by a key. */
export type TextPart = string | { key: string };

interface MarkdownProps {
  text: string;
  /** Cuts out what is drawn by `draw`, such as marks of citations; it has to be the same function over time. */
  split?: (text: string) => TextPart[];
  draw?: (key: string) => ReactNode;
}

type Plugins = [typeof withParts, (text: string) => TextPart[]][];

const SAFE = /^(https?:|mailto:)/i;
const PLUGINS = [remarkGfm];
const LONG = 50_000;

/**
 * Markdown that nobody vouches for: no HTML, no pictures from anywhere, links only to the web and to mail addresses.
 * What is very long is shown as plain text, bit by bit.
 */
export const Markdown = memo(function Markdown({ text, split, draw }: MarkdownProps) {
  const components = useMemo(() => componentsOf(draw), [draw]);
  const plugins = useMemo<Plugins>(() => (split === undefined ? [] : [[withParts, split]]), [split]);
  if (text.length > LONG) return <PlainText text={text} />;
  return (
    <div className={styles.markdown}>
      <ReactMarkdown
        remarkPlugins={PLUGINS}
        rehypePlugins={plugins}
        urlTransform={(url) => (SAFE.test(url) ? url : "")}
        components={components}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
});

/** Text as it is, of which more is shown when it is asked for, so that a line of a megabyte hangs nothing. */
export function PlainText({ text }: { text: string }) {
  const [shown, setShown] = useState(LONG);
  return (
    <div className={styles.long}>
      <p dir="auto">{text.slice(0, shown)}</p>
      {shown >= text.length ? null : (
        <Button small onClick={() => setShown(shown + 2 * LONG)}>
          Show more: {whole(text.length - shown)} characters are left
        </Button>
      )}
    </div>
  );
}

/** A rehype plugin: puts elements in place of parts of the text outside of code. */
function withParts(split: (text: string) => TextPart[]) {
  const walk = (node: Node) => {
    if (node.tagName === "code" || node.tagName === "a") return;
    node.children = node.children?.flatMap((child) => {
      if (child.type !== "text") {
        walk(child);
        return [child];
      }
      return split(child.value ?? "").map<Node>((part) =>
        typeof part === "string"
          ? { type: "text", value: part }
          : { type: "element", tagName: "data", properties: { value: part.key }, children: [] },
      );
    });
  };
  return walk;
}

function componentsOf(draw?: (key: string) => ReactNode): Components {
  return {
    a: ({ href, children }) =>
      href ? (
        <a href={href} target="_blank" rel="noopener noreferrer nofollow">
          {children}
        </a>
      ) : (
        <span>{children}</span>
      ),
    img: ({ alt }) => <span className={styles.picture}>[picture{alt ? `: ${alt}` : ""}]</span>,
    data: ({ value }) => draw?.(String(value)) ?? null,
    input: ({ checked }) => <span>{checked ? "☑" : "☐"}</span>,
    p: ({ children }) => <p dir="auto">{children}</p>,
    li: ({ children }) => <li dir="auto">{children}</li>,
    table: ({ children }) => (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard.
      <section className={styles.table} aria-label="Table" tabIndex={0}>
        <table>{children}</table>
      </section>
    ),
  };
}
