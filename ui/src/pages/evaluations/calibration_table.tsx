import { type Column, Table } from "@/components/table";
import { percent, whole } from "@/lib/numbers";
import type { Calibration } from "./types";

type Bin = Calibration["bins"][number];

/** How often what was said with some confidence was right. */
export function CalibrationTable({ calibration }: { calibration: Calibration }) {
  const columns: Column<Bin>[] = [
    { name: "Confidence", numeric: true, cell: (bin) => percent(bin.confidence) },
    { name: "Right", numeric: true, cell: (bin) => percent(bin.accuracy) },
    { name: "Trials", numeric: true, cell: (bin) => whole(bin.n) },
  ];
  return (
    <>
      <p className="muted">
        Of {whole(calibration.n)} trials; expected error {calibration.ece_mass.toFixed(3)}, Brier score{" "}
        {calibration.brier.toFixed(3)} (0 is best).
      </p>
      <Table
        caption="Confidence against what was right"
        columns={columns}
        rows={calibration.bins}
        keyOf={(bin) => String(bin.confidence)}
      />
    </>
  );
}
