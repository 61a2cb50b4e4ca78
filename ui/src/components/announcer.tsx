import { createContext, type ReactNode, useCallback, useContext, useState } from "react";
import { classes } from "@/lib/classes";
import styles from "./announcer.module.css";

type Announce = (text: string, tone?: "good" | "bad") => void;

const AnnounceContext = createContext<Announce>(() => undefined);

/** Says something short that just happened, to eyes and to screen readers. */
export const useAnnounce = () => useContext(AnnounceContext);

const SHOWN_MS = 6_000;

export function Announcer({ children }: { children: ReactNode }) {
  const [said, setSaid] = useState<{ id: number; text: string; tone: "good" | "bad" }[]>([]);
  const announce = useCallback<Announce>((text, tone = "good") => {
    const id = performance.now();
    setSaid((before) => [...before.slice(-3), { id, text, tone }]);
    setTimeout(() => setSaid((before) => before.filter((one) => one.id !== id)), SHOWN_MS);
  }, []);
  return (
    <AnnounceContext value={announce}>
      {children}
      <div className={styles.stack} role="status" aria-live="polite">
        {said.map((one) => (
          <p key={one.id} className={classes(styles.toast, styles[one.tone])}>
            {one.text}
          </p>
        ))}
      </div>
    </AnnounceContext>
  );
}
