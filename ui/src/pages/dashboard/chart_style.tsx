import styles from "./dashboard.module.css";

/** How all charts look: colours of the theme, and marks that can be told apart without them. */
export const AXIS = { stroke: "var(--line-strong)", tick: { fill: "var(--text-2)", fontSize: 12 } };
export const GRID = { stroke: "var(--line)", strokeDasharray: "2 4" };
export const TOOLTIP = {
  contentStyle: {
    background: "var(--surface)",
    border: "1px solid var(--line)",
    borderRadius: "6px",
    color: "var(--text)",
  },
  labelStyle: { color: "var(--text-2)" },
  itemStyle: { color: "var(--text)" },
  cursor: { fill: "var(--surface-2)" },
  isAnimationActive: false,
};
/** In the order of the drawing, in the colour of the text. */
export const LEGEND = {
  itemSorter: null,
  formatter: (name: unknown) => <span className={styles.legend}>{String(name)}</span>,
};
export const MARGIN = { top: 8, right: 12, bottom: 4, left: 0 };
export const HEIGHT = 240;

/** Two fillings that differ from a plain one also in black and white; once for all charts of the page. */
export function Fillings() {
  return (
    <svg width="0" height="0" aria-hidden="true">
      <defs>
        <pattern
          id="fill-failed"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <rect width="6" height="6" fill="var(--bad-soft)" />
          <rect width="3" height="6" fill="var(--bad)" />
        </pattern>
        <pattern id="fill-waiting" width="6" height="6" patternUnits="userSpaceOnUse">
          <rect width="6" height="6" fill="var(--warn-soft)" />
          <circle cx="3" cy="3" r="1.8" fill="var(--warn)" />
        </pattern>
      </defs>
    </svg>
  );
}
