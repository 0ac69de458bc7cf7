import { counter } from "../../shared/metrics.ts";
import { createMeter } from "../../shared/spending.ts";

export type Lesson = {
  readonly id: number;
  readonly title: string;
  readonly language: string;
  readonly task: string;
  readonly expects: readonly string[];
  readonly avoids: readonly string[];
};
export type Review = { readonly passed: boolean; readonly hint: string; readonly tokens: number };

const used = counter("tutor_tokens_total", "Tokens that hints took.", [{}]);
// What the model that it plays would cost for a million tokens.
const costs = createMeter("tutor", 0.3);

/** Plays the model: from the same code comes the same hint, and never the solution. */
export function review(lesson: Lesson, code: string): Review {
  const missing = lesson.expects.find((part) => !code.includes(part));
  const unwanted = lesson.avoids.find((part) => code.includes(part));
  const hint = hintFor({ code, missing, unwanted });
  const tokens = Math.ceil((lesson.task.length + code.length + hint.length) / 4);
  used({}, tokens);
  costs(tokens);
  return { passed: missing === undefined && unwanted === undefined, hint, tokens };
}

function hintFor({
  code,
  missing,
  unwanted,
}: {
  code: string;
  missing: string | undefined;
  unwanted: string | undefined;
}): string {
  if (code.trim() === "") return "Begin with one line, however small, and run it.";
  if (unwanted !== undefined) return `Could it be said without "${unwanted.trim()}"?`;
  if (missing !== undefined) return `What could "${missing.slice(0, 4).trim()}…" do for you here?`;
  return "That works. Can you say in one sentence why it ends?";
}
