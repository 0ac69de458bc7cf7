import type { RuleCase } from "./case.ts";
import { columnCases } from "./columns.ts";
import { constraintCases } from "./constraints.ts";
import { dropCases } from "./drops.ts";
import { indexCases } from "./indexes.ts";
import { renameCases } from "./renames.ts";
import { styleCases } from "./style.ts";
import { surroundingCases } from "./surroundings.ts";
import { tableCases } from "./tables.ts";
import { timeoutCases } from "./timeouts.ts";
import { transactionCases } from "./transactions.ts";
import { writeCases } from "./writes.ts";

export const ruleCases: readonly RuleCase[] = [
  ...indexCases,
  ...columnCases,
  ...constraintCases,
  ...dropCases,
  ...renameCases,
  ...writeCases,
  ...transactionCases,
  ...timeoutCases,
  ...tableCases,
  ...surroundingCases,
  ...styleCases,
];
