import { columnRules } from "./columns.ts";
import { constraintRules } from "./constraints.ts";
import { domainRules } from "./domains.ts";
import { dropRules } from "./drops.ts";
import { enumRules } from "./enums.ts";
import { generatedRules } from "./generated.ts";
import { indexRules } from "./indexes.ts";
import { keyRules } from "./keys.ts";
import { maintenanceRules } from "./maintenance.ts";
import { partitionRules } from "./partitions.ts";
import { renameRules } from "./renames.ts";
import { truncateRules } from "./truncate.ts";
import { typeRules } from "./types.ts";
import type { Rule } from "./rule.ts";
import { styleRules } from "./style.ts";
import { surroundingRules } from "./surroundings.ts";
import { tableRules } from "./table-settings.ts";
import { timeoutRules } from "./timeouts.ts";
import { transactionRules } from "./transactions.ts";
import { writeRules } from "./writes.ts";

/** Every rule, family by family. */
export const rules: readonly Rule[] = [
  ...indexRules,
  ...columnRules,
  ...constraintRules,
  ...dropRules,
  ...renameRules,
  ...generatedRules,
  ...keyRules,
  ...typeRules,
  ...domainRules,
  ...enumRules,
  ...partitionRules,
  ...maintenanceRules,
  ...truncateRules,
  ...writeRules,
  ...transactionRules,
  ...timeoutRules,
  ...tableRules,
  ...surroundingRules,
  ...styleRules,
];

/** What the linter says by itself, of what it cannot read and of directives: `--explain` knows them too. */
export const ownRules: readonly Omit<Rule, "check">[] = [
  {
    id: "not-read",
    family: "frame",
    severity: "advice",
    title: "SQL that cannot be read before it runs",
    why: "EXECUTE puts a statement together while it runs, and bodies in other languages are no SQL: what they lock, rewrite or lose is unknown. Look at it yourself, and say with an ignore that you have.",
  },
  {
    id: "out-of-order",
    family: "frame",
    severity: "warning",
    title: "A migration in front of one that has been shipped",
    why: "Where the later one ran already, this one runs behind it, and on a new database in front of it: the two may come out different, and a tool that only looks at the last number leaves it out. Give it the next number.",
  },
  {
    id: "unused-ignore",
    family: "frame",
    severity: "warning",
    title: "An ignore that ignores nothing",
    why: "The statement behind it has no such finding: it was mended, or the ignore stands at the wrong place. It would hide the next mistake there.",
  },
  {
    id: "bad-ignore",
    family: "frame",
    severity: "error",
    title: "An ignore of no rule or without a reason, a misspelt mark",
    why: "Write -- gantry: ignore <rule> because <reason> in front of the statement. Whoever reads it next year wants to know why it was right.",
  },
];
