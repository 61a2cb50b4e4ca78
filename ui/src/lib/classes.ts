/** Names of classes as an attribute, without those that do not hold. */
export const classes = (...names: (string | false | null | undefined)[]) => names.filter(Boolean).join(" ");
