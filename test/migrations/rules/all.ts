import type { RuleCase } from "./case.ts";
import { columnCases } from "./columns.ts";
import { constraintCases } from "./constraints.ts";
import { dropCases } from "./drops.ts";
import { indexCases } from "./indexes.ts";
import { renameCases } from "./renames.ts";

export const ruleCases: readonly RuleCase[] = [...indexCases, ...columnCases, ...constraintCases, ...dropCases, ...renameCases];
