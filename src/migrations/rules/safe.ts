import type { Lock, LockMode, SafeStep, SafeWay } from "../finding.ts";

type StepOptions = { readonly inTransaction?: boolean; readonly release?: SafeStep["release"] };

export function step(title: string, sql: string, { inTransaction = true, release = "this" }: StepOptions = {}): SafeStep {
  return { title, sql: sql.endsWith(";") || sql.startsWith("--") ? sql : `${sql};`, inTransaction, release };
}

export function safe(...steps: readonly SafeStep[]): SafeWay {
  return { steps };
}

export function lock(relation: string, mode: LockMode, lasts: Lock["lasts"]): Lock {
  return { relation, mode, lasts };
}
