import { type ReactNode, useId } from "react";
import styles from "./card.module.css";

interface CardProps {
  /** An article stands for itself, as one of a list. */
  as?: "section" | "article";
  title?: ReactNode;
  /** A few words below the title that say what it shows. */
  lead?: ReactNode;
  /** What stands beside the title. */
  actions?: ReactNode;
  /** Whether it is a region of the page, named by its title. */
  region?: boolean;
  /** The name of the region, for one without a title. */
  label?: string;
  children: ReactNode;
}

/** A box of a page, with its title, if it has one. */
export function Card({
  as: Tag = "section",
  title,
  lead,
  actions,
  region = false,
  label,
  children,
}: CardProps) {
  const id = useId();
  return (
    <Tag className={styles.card} aria-label={label} aria-labelledby={region ? id : undefined}>
      {title === undefined ? null : (
        <div className={styles.head}>
          <h2 id={id}>{title}</h2>
          {actions}
          {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        </div>
      )}
      {children}
    </Tag>
  );
}
