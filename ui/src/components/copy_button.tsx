import { Copy } from "lucide-react";
import type { ReactNode } from "react";
import { useAnnounce } from "./announcer";
import { Button } from "./button";

/** Copies a text to the clipboard; an icon alone, or beside what it is called. */
export function CopyButton({ text, what, children }: { text: string; what: string; children?: ReactNode }) {
  const announce = useAnnounce();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`Copied: ${what}`);
    } catch {
      announce("The browser does not let this page copy.", "bad");
    }
  };
  return children === undefined ? (
    <Button small look="quiet" label={`Copy ${what}`} onClick={() => void copy()}>
      <Copy size={14} aria-hidden />
    </Button>
  ) : (
    <Button small onClick={() => void copy()}>
      <Copy size={14} aria-hidden /> {children}
    </Button>
  );
}
