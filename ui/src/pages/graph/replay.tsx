import { ChevronLeft, ChevronRight, Pause, Play } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { Badge } from "@/components/badge";
import { Button } from "@/components/button";
import styles from "./graph.module.css";

const STEP_MS = 700;

interface ReplayProps {
  at: number;
  count: number;
  /** What the step is called. */
  name: string;
  isBusy: boolean;
  onMove: (at: number) => void;
}

/** A slider over the steps of a turn, which also plays them. */
export function Replay({ at, count, name, isBusy, onMove }: ReplayProps) {
  const [playing, setPlaying] = useState(false);
  const underWay = useRef(false);
  const last = count - 1;
  useEffect(() => {
    if (!playing) return;
    if (at >= last) {
      // From the end it begins anew, which the address takes a moment to say.
      if (underWay.current) setPlaying(false);
      return;
    }
    underWay.current = true;
    const timer = setTimeout(() => onMove(at + 1), STEP_MS);
    return () => clearTimeout(timer);
  }, [playing, at, last, onMove]);
  const play = () => {
    underWay.current = at < last;
    if (!playing && at >= last) onMove(0);
    setPlaying(!playing);
  };
  return (
    <fieldset className={styles.replay}>
      <legend className="visually-hidden">Replay</legend>
      <Button small label={playing ? "Pause" : "Play the turn"} onClick={play} disabled={count < 2}>
        {playing ? <Pause size={15} aria-hidden /> : <Play size={15} aria-hidden />}
      </Button>
      <Button small label="The step before" disabled={at === 0} onClick={() => onMove(at - 1)}>
        <ChevronLeft size={15} aria-hidden />
      </Button>
      <input
        type="range"
        aria-label="Step of the turn"
        aria-valuetext={`${at + 1} of ${count}: ${name}`}
        min={0}
        max={last}
        value={at}
        onChange={(event) => onMove(Number(event.target.value))}
      />
      <Button small label="The next step" disabled={at >= last} onClick={() => onMove(at + 1)}>
        <ChevronRight size={15} aria-hidden />
      </Button>
      <span className={styles.place}>
        {at + 1} of {count}
      </span>
      {at >= last && isBusy ? <Badge tone="accent">running now</Badge> : null}
    </fieldset>
  );
}
