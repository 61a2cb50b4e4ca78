import { type ReactNode, useState } from "react";
import { Button } from "@/components/button";
import { Card } from "@/components/card";
import { type Column, Table } from "@/components/table";
import styles from "./dashboard.module.css";

interface ChartCardProps<Row> {
  title: string;
  /** What is drawn, in which units. */
  units: string;
  /** What the chart shows, in a sentence, for those who do not see it. */
  summary: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
  children: ReactNode;
}

/** A chart with its title and units, and the same figures as a table. */
export function ChartCard<Row>({
  title,
  units,
  summary,
  columns,
  rows,
  keyOf,
  children,
}: ChartCardProps<Row>) {
  const [asTable, setAsTable] = useState(false);
  const toggle = (
    <Button small look="quiet" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
      {asTable ? "As a chart" : "As a table"}
      <span className="visually-hidden">: {title}</span>
    </Button>
  );
  return (
    <figure className={styles.chart} aria-label={title}>
      <Card title={title} lead={units} actions={toggle}>
        {asTable ? (
          <div className={styles.tableBox}>
            <Table caption={title} columns={columns} rows={rows} keyOf={keyOf} />
          </div>
        ) : (
          <div role="img" aria-label={summary} className={styles.drawing}>
            <div aria-hidden>{children}</div>
          </div>
        )}
      </Card>
    </figure>
  );
}
