import type { Given, Option } from "../command.ts";

/** One word behind `gantry migrate`, with options of its own. */
export type Subcommand = {
  readonly name: string;
  readonly summary: string;
  readonly options: Readonly<Record<string, Option>>;
  readonly examples: readonly string[];
  readonly run: (given: Given) => Promise<number>;
};
