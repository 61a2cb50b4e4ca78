import { changes } from "./changes";
import styles from "./judging.module.css";
import type { Preview } from "./types";
import { Value } from "./value";
import { named } from "./words";

/** What an action would change: before and after, side by side. */
export function PreviewTable({ preview, caption }: { preview: Preview; caption: string }) {
  const { before, after, ...beside } = preview;
  const rows = changes(before, after);
  const more = Object.entries(beside);
  if (rows.length === 0 && more.length === 0) {
    return <p className="quiet">The tool does not say beforehand what it would change.</p>;
  }
  return (
    <div className={styles.scroll}>
      <table className={styles.preview}>
        <caption className="visually-hidden">{caption}</caption>
        {rows.length === 0 ? null : (
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">What</span>
              </th>
              <th scope="col">Before</th>
              <th scope="col">After</th>
            </tr>
          </thead>
        )}
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className={row.changed ? styles.changed : undefined}>
              <th scope="row">
                <bdi>{named(row.name)}</bdi>
              </th>
              <td>
                {row.changed ? (
                  <del>
                    <Value value={row.before} />
                  </del>
                ) : (
                  <Value value={row.before} />
                )}
              </td>
              <td>
                {row.changed ? (
                  <ins>
                    <Value value={row.after} />
                  </ins>
                ) : (
                  <span className="quiet">unchanged</span>
                )}
              </td>
            </tr>
          ))}
          {more.map(([name, value]) => (
            <tr key={`more ${name}`}>
              <th scope="row">
                <bdi>{named(name)}</bdi>
              </th>
              <td colSpan={2}>
                <Value value={value} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
