// A gate answers pass, fail or inconclusive, with its evidence. Missing data is never pass.

export type Verdict = "pass" | "fail" | "inconclusive";

/** A question as data. Some are answered by what is looked at, some by a task that takes time, some by people. */
export type Gate =
  /** A condition of the spec on a signal, as resolved data; it passes while the condition is false (`watches`) or true (`requires`). */
  | {
      readonly gate: "signal";
      readonly id: string;
      readonly says: string;
      readonly condition: unknown;
      readonly passesWhen: "true" | "false";
    }
  | {
      readonly gate: "burn";
      readonly id: string;
      readonly says: string;
      readonly slo: string;
      readonly below: number;
      readonly withinMs: number;
    }
  | {
      readonly gate: "health";
      readonly id: string;
      readonly says: string;
      readonly service: string;
      readonly path: string;
      readonly everyMs: number;
      readonly tries: number;
      readonly inARow: number;
    }
  | { readonly gate: "smoke"; readonly id: string; readonly says: string; readonly command: string; readonly timeoutMs: number }
  | { readonly gate: "compare"; readonly id: string; readonly says: string }
  | {
      readonly gate: "approval";
      readonly id: string;
      readonly says: string;
      readonly role: string;
      readonly people: number;
      readonly expiresMs: number;
    }
  /** An approval on record. */
  | { readonly gate: "signed"; readonly id: string; readonly says: string; readonly approval: string }
  | {
      readonly gate: "freeze";
      readonly id: string;
      readonly says: string;
      readonly action: "release" | "promote" | "migrate" | "rollback";
    }
  /** These very versions stand healthy in another environment. */
  | { readonly gate: "green"; readonly id: string; readonly says: string; readonly environment: string }
  | { readonly gate: "check"; readonly id: string; readonly says: string; readonly check: string }
  /** A report of findings (SARIF, ZAP) about this very version holds none of these. */
  | { readonly gate: "clean"; readonly id: string; readonly says: string; readonly check: string; readonly of: readonly string[] }
  /** No alert about these services has begun to fire since the release began. */
  | { readonly gate: "alerts"; readonly id: string; readonly says: string; readonly services: readonly string[] }
  /** Migrations of a resource are applied. */
  | { readonly gate: "migrated"; readonly id: string; readonly says: string; readonly resource: string };

export type Answer = {
  readonly verdict: Verdict;
  /** One sentence, with the number that decided. */
  readonly because: string;
  readonly atMs: number;
  /** Small plain data that a report can show. */
  readonly evidence?: unknown;
};
