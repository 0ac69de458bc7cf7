import type { RuleCase } from "./case.ts";
import { columnCases } from "./columns.ts";
import { constraintCases } from "./constraints.ts";
import { domainCases } from "./domains.ts";
import { dropCases } from "./drops.ts";
import { enumCases } from "./enums.ts";
import { generatedCases } from "./generated.ts";
import { indexCases } from "./indexes.ts";
import { keyCases } from "./keys.ts";
import { maintenanceCases } from "./maintenance.ts";
import { partitionCases } from "./partitions.ts";
import { renameColumnCases } from "./rename-columns.ts";
import { renameObjectCases } from "./rename-objects.ts";
import { renameCases } from "./renames.ts";
import { truncateCases } from "./truncate.ts";
import { typeCases } from "./types.ts";
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
  ...renameColumnCases,
  ...renameObjectCases,
  ...generatedCases,
  ...keyCases,
  ...typeCases,
  ...domainCases,
  ...enumCases,
  ...partitionCases,
  ...maintenanceCases,
  ...truncateCases,
  ...writeCases,
  ...transactionCases,
  ...timeoutCases,
  ...tableCases,
  ...surroundingCases,
  ...styleCases,
];
