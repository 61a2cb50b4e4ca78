import type { ComponentProps } from "react";
import { classes } from "@/lib/classes";
import styles from "./button.module.css";

interface ButtonProps extends ComponentProps<"button"> {
  look?: "plain" | "main" | "danger" | "quiet" | "link";
  /** For a button that shows an icon alone: its name. */
  label?: string;
  small?: boolean;
  /** Why it cannot be pressed, in words; undefined where it can. */
  why?: string | undefined;
}

export function Button(props: ButtonProps) {
  const { look = "plain", label, small, why, disabled, className, type = "button", ...rest } = props;
  return (
    <button
      type={type}
      aria-label={label}
      title={why ?? label}
      disabled={disabled || why !== undefined}
      className={classes(styles.button, styles[look], small && styles.small, label && styles.icon, className)}
      {...rest}
    />
  );
}
