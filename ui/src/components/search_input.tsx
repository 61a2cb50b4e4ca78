import { useEffect, useRef, useState } from "react";

interface SearchInputProps {
  label: string;
  placeholder?: string;
  /** What the address says. */
  value: string;
  onChange: (value: string) => void;
}

/** A search field whose words stand in the address: it keeps what is typed, however long the page takes to follow. */
export function SearchInput({ label, placeholder, value, onChange }: SearchInputProps) {
  const [typed, setTyped] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    // While somebody types, the address lags behind.
    if (document.activeElement !== field.current) setTyped(value);
  }, [value]);
  return (
    <input
      ref={field}
      type="search"
      aria-label={label}
      placeholder={placeholder}
      value={typed}
      onChange={(event) => {
        setTyped(event.target.value);
        onChange(event.target.value);
      }}
    />
  );
}
