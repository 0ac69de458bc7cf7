/** One row of what the five documents ask for: where its values stand in the example's spec, and what makes it work. */
export type Row = {
  readonly id: string;
  /** The row in a sentence. */
  readonly what: string;
  /** Which part of Gantry makes it work, and whether it does so already. */
  readonly works: string;
  /** Paths into the product as `gantry show --json` prints it (without an environment), each with the value the document names. */
  readonly values: Readonly<Record<string, unknown>>;
};
