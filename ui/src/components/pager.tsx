import { whole } from "@/lib/numbers";
import { useView } from "@/lib/view";
import { Button } from "./button";
import styles from "./pager.module.css";

interface PagerProps {
  /** What is paged, in the plural: "runs". */
  what: string;
  total: number;
  size: number;
  shown: number;
}

/** The offset of the page that the address names. */
export function pageOffset(said: string, size: number): number {
  const page = Number(said);
  return Number.isInteger(page) && page > 1 ? (page - 1) * size : 0;
}

/** Steps through a list page by page; the address holds the page. */
export function Pager({ what, total, size, shown }: PagerProps) {
  const { said, change } = useView();
  const offset = pageOffset(said("page"), size);
  const page = offset / size + 1;
  const go = (to: number) => change({ page: to > 1 ? String(to) : null }, { push: true });
  if (total === 0 && offset === 0) return null;
  return (
    <nav className={styles.pager} aria-label={`Pages of ${what}`}>
      <span>
        {shown === 0
          ? `None on this page of ${whole(total)} ${what}`
          : `${whole(offset + 1)}–${whole(offset + shown)} of ${whole(total)} ${what}`}
      </span>
      {total <= size && page === 1 ? null : (
        <>
          <Button small disabled={page === 1} onClick={() => go(page - 1)}>
            Previous
          </Button>
          <Button small disabled={offset + shown >= total} onClick={() => go(page + 1)}>
            Next
          </Button>
        </>
      )}
    </nav>
  );
}
