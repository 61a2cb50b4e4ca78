import type { ComponentProps } from "react";
import styles from "./button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "plain" | "main" | "danger" | "quiet" | "link";
  /** For a button that shows an icon alone: its name. */
  label?: string;
  small?: boolean;
}

export function Button({ look = "plain", label, small, className, type = "button", ...rest }: ButtonProps) {
  const names = [styles.button, styles[look], small ? styles.small : "", label ? styles.icon : "", className];
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={names.filter(Boolean).join(" ")}
      {...rest}
    />
  );
}
