import type { Lock, LockMode, SafeStep, SafeWay } from "../finding.ts";
import { ended } from "../sql/ended.ts";

type StepOptions = { readonly inTransaction?: boolean; readonly release?: SafeStep["release"] };

export function step(title: string, sql: string, { inTransaction = true, release = "this" }: StepOptions = {}): SafeStep {
  return { title, sql: sql.startsWith("--") ? sql : ended(sql), inTransaction, release };
}

export function safe(...steps: readonly SafeStep[]): SafeWay {
  return { steps };
}

export function lock(relation: string, mode: LockMode, lasts: Lock["lasts"]): Lock {
  return { relation, mode, lasts };
}
