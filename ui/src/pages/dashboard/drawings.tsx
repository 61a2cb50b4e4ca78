import { Fillings } from "./chart_style";
import { ConfidenceChart } from "./confidence_chart";
import { CostChart } from "./cost_chart";
import styles from "./dashboard.module.css";
import { EscalationChart } from "./escalation_chart";
import { LatencyChart } from "./latency_chart";
import { ReliabilityChart } from "./reliability_chart";
import { ThroughputChart } from "./throughput_chart";
import type { Figures } from "./types";

/** What is drawn; apart from the page, since the drawing code is large. */
export default function Charts({ figures }: { figures: Figures }) {
  return (
    <div className={styles.charts}>
      <Fillings />
      <ThroughputChart figures={figures} />
      <LatencyChart figures={figures} />
      <ConfidenceChart confidence={figures.confidence} />
      <ReliabilityChart reliability={figures.reliability} />
      <CostChart figures={figures} />
      <EscalationChart figures={figures} />
    </div>
  );
}
