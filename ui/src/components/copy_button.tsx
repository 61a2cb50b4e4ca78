import { Copy } from "lucide-react";
import { useAnnounce } from "./announcer";
import { Button } from "./button";

/** Copies a text to the clipboard. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const announce = useAnnounce();
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`Copied: ${what}`);
    } catch {
      announce("The browser does not let this page copy.", "bad");
    }
  };
  return (
    <Button small look="quiet" label={`Copy ${what}`} onClick={() => void copy()}>
      <Copy size={14} aria-hidden />
    </Button>
  );
}
