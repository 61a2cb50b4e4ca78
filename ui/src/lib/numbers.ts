const WHOLE = new Intl.NumberFormat("en");

/** "12,345". */
export const whole = (value: number) => WHOLE.format(value);

/** "87 %". */
export const percent = (share: number | null | undefined, digits = 0) =>
  share === null || share === undefined ? "–" : `${(share * 100).toFixed(digits)} %`;

/** "$0.0123": costs are told in dollars as the prices of podium.toml are. */
export const money = (value: number | null | undefined) =>
  value === null || value === undefined ? "–" : `$${value.toFixed(value !== 0 && value < 0.1 ? 4 : 2)}`;

/** "1.2 MB". */
export function bytes(value: number): string {
  if (value < 1_000) return `${value} B`;
  if (value < 1_000_000) return `${(value / 1_000).toFixed(1)} kB`;
  return `${(value / 1_000_000).toFixed(1)} MB`;
}
