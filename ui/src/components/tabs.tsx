import { Link, useSearchParams } from "react-router";
import { patched } from "@/lib/view";
import styles from "./tabs.module.css";

interface TabsProps {
  label: string;
  /** Of the address. */
  name: string;
  /** The first is the one that the address leaves out. */
  tabs: readonly { value: string; label: string }[];
  /** What else of the address is forgotten on the way. */
  forget?: readonly string[];
}

/** The views of one page; the address holds which is open. */
export function Tabs({ label, name, tabs, forget = [] }: TabsProps) {
  const [search] = useSearchParams();
  const first = tabs[0]?.value ?? "";
  const open = search.get(name) ?? first;
  return (
    <nav className={styles.tabs} aria-label={label}>
      {tabs.map(({ value, label: words }) => {
        const patch = Object.fromEntries(forget.map((one) => [one, null]));
        const next = patched(search, { ...patch, [name]: value === first ? null : value });
        return (
          <Link
            key={value}
            to={{ search: next.toString() }}
            className={styles.tab}
            aria-current={value === open ? "page" : undefined}
          >
            {words}
          </Link>
        );
      })}
    </nav>
  );
}
