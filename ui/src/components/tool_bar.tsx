import type { ReactNode } from "react";
import { whole } from "@/lib/numbers";
import styles from "./tool_bar.module.css";

interface ToolBarProps {
  /** What is searched here: "Steps". */
  label: string;
  found: number;
  total: number;
  children: ReactNode;
}

/** What narrows a list down, and how many of it are left. */
export function ToolBar({ label, found, total, children }: ToolBarProps) {
  const things = label.toLowerCase();
  return (
    <search className={styles.bar} aria-label={label}>
      {children}
      <span className="quiet" role="status">
        {found === total ? `${whole(total)} ${things}` : `${whole(found)} of ${whole(total)} ${things}`}
      </span>
    </search>
  );
}
