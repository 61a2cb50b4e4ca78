import { whole } from "@/lib/numbers";
import { duration } from "@/lib/times";
import type { IngestReport } from "./types";

/** What reading files did: "2 new, 1 changed, 40 as before · 178 passages · 3.2 s". */
export function reportWords(report: IngestReport): string {
  const counts: [number, string][] = [
    [report.added, "new"],
    [report.updated, "changed"],
    [report.removed, "gone"],
    [report.unchanged, "as before"],
    [report.failed.length, "not readable"],
  ];
  const said = counts.filter(([count]) => count > 0).map(([count, words]) => `${whole(count)} ${words}`);
  return [
    said.join(", ") || "nothing to read",
    `${whole(report.chunks)} passages`,
    duration(report.seconds),
  ].join(" · ");
}
