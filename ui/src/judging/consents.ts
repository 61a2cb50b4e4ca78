/** One person's approval of an action that several people have to approve. */
export interface Consent {
  digest: string;
  principal: string;
  at: string;
}

/** Who has approved, each once, the first first. */
export function approvers(consents: readonly Consent[]): Consent[] {
  return consents.filter(
    (one, place) => consents.findIndex((two) => two.principal === one.principal) === place,
  );
}

/** "1 of 2 approved". */
export const progress = (people: number, consents: readonly Consent[]) =>
  `${approvers(consents).length} of ${people} approved`;

/** Who has to approve yet, in words. */
export function missingWords(people: number, consents: readonly Consent[]): string {
  const missing = people - approvers(consents).length;
  if (consents.length === 0) return `${people} different people must approve`;
  return missing === 1 ? "another person must approve" : `${missing} other people must approve`;
}

/** Whether somebody has approved all of what is approved by anybody: another person has to. */
export function hasApproved(consents: readonly Consent[], who: string): boolean {
  const mine = new Set(consents.filter((one) => one.principal === who).map((one) => one.digest));
  return mine.size > 0 && consents.every((one) => mine.has(one.digest));
}

export const APPROVED_ALREADY = "You have approved this already; another person must.";
