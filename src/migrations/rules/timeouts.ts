import { locksOf } from "../catalogue/locks.ts";
import { type LockMode, lockModes } from "../finding.ts";
import type { Context, PostgresVersion, Rule } from "./rule.ts";

/** Those that let nobody write, or nobody read and write. */
const strongModes: readonly LockMode[] = lockModes.slice(lockModes.indexOf("SHARE"));

type Timeout = { readonly setting: string; readonly why: string; readonly from?: PostgresVersion };

/** Said once in a transaction: at the first statement for which others may have to wait. */
function timeoutRule({ setting, why, from }: Timeout): Rule {
  return {
    id: `no-${setting.replaceAll("_", "-")}`,
    family: "timeouts",
    severity: "warning",
    title: `A strong lock without ${setting}`,
    why: `${why} gantry migrate up sets its own, so that this rule is asked only where somebody asks for it: for migrations that another tool runs.`,
    ...(from === undefined ? {} : { from }),
    isOff: true,
    check(statement, context) {
      const { surroundings, isNew, inside } = context;
      if (inside === "function" || !isZero(surroundings.settings.get(setting)) || heldStrong(context).length > 0) return [];
      const locks = locksOf(statement).filter((one) => isStrong(one) && !isNew(one.name));
      const [first] = locks;
      if (first === undefined) return [];
      return [
        {
          says: `nothing says how long it may wait or work for ${first.relation}: SET LOCAL ${setting} in front of it does`,
          locks: locks.map(({ relation, mode }) => ({ relation, mode, lasts: "unknown" })),
        },
      ];
    },
  };
}

function isZero(value: string | undefined): boolean {
  return value === undefined || /^'?0\D*$/.test(value);
}

export const timeoutRules: readonly Rule[] = [
  timeoutRule({
    setting: "lock_timeout",
    why: "While it waits for its lock, everybody who comes behind waits too, also those who only read. A short lock_timeout gives up instead, and another attempt may have more luck.",
  }),
  timeoutRule({
    setting: "statement_timeout",
    why: "What takes longer than thought goes on until somebody ends it, with its locks held.",
  }),
  timeoutRule({
    setting: "transaction_timeout",
    from: 17,
    why: "A transaction that is left open, as by a connection that hangs, keeps its locks until somebody ends it.",
  }),
];

export function isStrong({ mode }: { readonly mode: LockMode }): boolean {
  return strongModes.includes(mode);
}

/** The strong locks on tables in use that the transaction holds already. */
export function heldStrong({ surroundings: { held } }: Context) {
  return held.filter(isStrong);
}
