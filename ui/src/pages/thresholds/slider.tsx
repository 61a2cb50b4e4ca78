import { useId } from "react";
import { Button } from "@/components/button";
import { percent } from "@/lib/numbers";
import { type Level, MEANINGS } from "./model";
import styles from "./thresholds.module.css";

interface SliderProps {
  level: Level;
  value: number;
  inForce: number;
  onChange: (value: number) => void;
}

/** One threshold: what is in force, and what is tried. */
export function Slider({ level, value, inForce, onChange }: SliderProps) {
  const id = useId();
  const changed = value !== inForce;
  return (
    <div className={styles.slider} data-changed={changed || undefined}>
      <label htmlFor={id}>{MEANINGS[level].title}</label>
      <output htmlFor={id} className={styles.number}>
        {percent(value)}
        {changed ? <del className="quiet"> {percent(inForce)}</del> : null}
      </output>
      <input
        id={id}
        type="range"
        min={0}
        max={1}
        step={0.01}
        value={value}
        aria-describedby={`${id}-means`}
        aria-valuetext={percent(value)}
        onChange={(event) => onChange(Number(event.target.value))}
      />
      <Button
        small
        look="quiet"
        disabled={!changed}
        aria-label={`Back to what is in force: ${MEANINGS[level].title}`}
        onClick={() => onChange(inForce)}
      >
        Reset
      </Button>
      <p id={`${id}-means`} className="quiet">
        {MEANINGS[level].means}
      </p>
    </div>
  );
}
