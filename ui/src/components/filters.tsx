import { type ReactNode, useEffect, useId, useState } from "react";
import { useSession } from "@/api/session";
import { RANGES, type Range } from "@/lib/ranges";
import { useView } from "@/lib/view";
import { Button } from "./button";
import styles from "./filters.module.css";

/** The filters of a list, side by side. With `names`, a button forgets those that are set. */
export function FilterBar({ children, names = [] }: { children: ReactNode; names?: string[] }) {
  const { said, change } = useView();
  const set = names.filter((name) => said(name) !== "");
  const forget = () => change(Object.fromEntries([...names, "page"].map((name) => [name, null])));
  return (
    <search className={styles.bar} aria-label="Filters">
      {children}
      {set.length === 0 ? null : (
        <Button look="quiet" onClick={forget}>
          Clear the filters
        </Button>
      )}
    </search>
  );
}

interface SelectFilterProps {
  label: string;
  /** Of the address. */
  name: string;
  options: readonly { value: string; label: string }[];
  /** What "no choice" is called; without it one is always chosen. */
  all?: string;
  fallback?: string;
}

/** A choice that the address holds. */
export function SelectFilter({ label, name, options, all, fallback = "" }: SelectFilterProps) {
  const id = useId();
  const { said, change } = useView();
  const value = said(name) || fallback;
  const known = options.some((one) => one.value === value);
  return (
    <div className={styles.filter}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = event.target.value;
          change({ [name]: chosen === fallback ? null : chosen, page: null });
        }}
      >
        {all === undefined ? null : <option value="">{all}</option>}
        {known || value === "" ? null : <option value={value}>{value}</option>}
        {options.map((one) => (
          <option key={one.value} value={one.value}>
            {one.label}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Which of the project's graphs; the address holds it. */
export function GraphFilter() {
  const { me } = useSession();
  const graphs = me?.project.graphs ?? [];
  return (
    <SelectFilter
      label="Graph"
      name="graph"
      all="All"
      options={graphs.map(({ graph_id: id }) => ({ value: id, label: id }))}
    />
  );
}

const TYPING_MS = 250;

/** Words that the address holds; it follows shortly after the last key. */
export function TextFilter({
  label,
  name,
  placeholder,
}: {
  label: string;
  name: string;
  placeholder?: string;
}) {
  const id = useId();
  const { said, change } = useView();
  const held = said(name);
  const [text, setText] = useState(held);
  const [seen, setSeen] = useState(held);
  if (seen !== held) {
    setSeen(held);
    setText(held);
  }
  useEffect(() => {
    if (text.trim() === held) return undefined;
    const timer = setTimeout(() => change({ [name]: text.trim(), page: null }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, held, name, change]);
  return (
    <div className={styles.filter}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="search"
        value={text}
        placeholder={placeholder}
        onChange={(event) => setText(event.target.value)}
      />
    </div>
  );
}

interface RangeFilterProps {
  range: Range;
  /** The name that the address leaves out. */
  fallback: string;
  /** Whether "all the time" may be chosen. */
  open?: boolean;
}

/** A span of time that the address holds: one of the usual ones, or one between two moments. */
export function RangeFilter({ range, fallback, open = true }: RangeFilterProps) {
  const id = useId();
  const { change } = useView();
  const custom = range.name === "" || range.name === "custom";
  const choose = (name: string) =>
    change({ range: name === fallback ? null : name, since: null, until: null, page: null });
  const moment = (name: "since" | "until", label: string) => (
    <div className={styles.filter}>
      <label htmlFor={`${id}-${name}`}>{label}</label>
      <input
        id={`${id}-${name}`}
        type="datetime-local"
        value={range[name]}
        onChange={(event) => change({ range: "custom", [name]: event.target.value, page: null })}
      />
    </div>
  );
  return (
    <>
      <div className={styles.filter}>
        <label htmlFor={id}>When</label>
        <select
          id={id}
          value={custom ? "custom" : range.name}
          onChange={(event) => choose(event.target.value)}
        >
          {open ? <option value="all">All the time</option> : null}
          {RANGES.map((one) => (
            <option key={one.name} value={one.name}>
              {one.label}
            </option>
          ))}
          <option value="custom">Between…</option>
        </select>
      </div>
      {custom ? moment("since", "From") : null}
      {custom ? moment("until", "Until") : null}
    </>
  );
}
