/** What a score is made of, in words. */
export const PART_NAMES: Record<string, string> = {
  cosine: "Meaning",
  strength: "Strength of the words",
  coverage: "How many of the words",
  fusion: "Both ranks together",
  exact: "Exact matches",
};
