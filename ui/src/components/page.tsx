import { type ReactNode, useEffect, useId } from "react";
import styles from "./page.module.css";

interface PageProps {
  title: string;
  /** One sentence that says what the page is for. */
  lead?: ReactNode;
  /** Buttons beside the title. */
  actions?: ReactNode;
  children: ReactNode;
}

/** The frame of a page: its title (also the document's), its lead and what it holds. */
export function PageFrame({ title, lead, actions, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Podium`;
  }, [title]);
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <div>
          <h1>{title}</h1>
          {lead === undefined ? null : <p className={styles.lead}>{lead}</p>}
        </div>
        {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
      </header>
      {children}
    </div>
  );
}

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
        <div className={styles.cardHead}>
          <h2 id={id}>{title}</h2>
          {actions}
          {lead === undefined ? null : <p className={styles.cardLead}>{lead}</p>}
        </div>
      )}
      {children}
    </Tag>
  );
}
