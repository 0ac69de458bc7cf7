import type { CallExpr, Expr } from "../syntax/expr.ts";
import { type WholeMatch, compileRegexp } from "../regexp/regexp.ts";
import { type Context, type Vec, checkUnique } from "./context.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { labelOf, withLabel } from "./label-sets.ts";

const stringOf = (expr: Expr | undefined): string => (expr?.kind === "string" ? expr.value : "");

/** Both functions make a label of others. */
export function relabel(context: Context, expr: CallExpr, vec: Vec): Vec {
  const [, ...args] = expr.args.map(stringOf);
  const how = `${expr.name} ${JSON.stringify(args)}`;
  const label = args[0] ?? "";
  const make = expr.name === "label_join" ? joined(args) : replaced(expr, args, context.prometheus);
  const sets = vec.sets.map((set) =>
    context.sets.derive(set, how, (labels) => {
      const value = make((name) => labelOf(labels, name));
      return value === undefined ? labels : withLabel(labels, label, value);
    }),
  );
  return checkUnique(context, { sets, values: vec.values }, expr);
}

/** The new value of a label; undefined where it stays as it is. */
type Make = (value: (name: string) => string) => string | undefined;

function joined([, separator = "", ...from]: readonly string[]): Make {
  return (value) => from.map(value).join(separator);
}

function replaced(expr: CallExpr, [, replacement = "", from = "", pattern = ""]: readonly string[], prometheus: 2 | 3): Make {
  const compiled = compileRegexp(pattern, { dotAll: prometheus === 3 });
  if (!compiled.ok)
    throw new EvaluationError(
      expr.args[4] ?? expr,
      `invalid regular expression in label_replace(): ${pattern}: ${compiled.problem}`,
    );
  return (value) => {
    const text = value(from);
    const captures = compiled.regexp.captures(text);
    return captures && expand(replacement, text, captures, compiled.regexp);
  };
}

/** `$1`, `$name`, `${name}` and `$$`, as Go's `Expand` reads them: a name is as long as it can be, and one that is unknown is nothing. */
function expand(template: string, text: string, captures: readonly number[], { names }: WholeMatch): string {
  return template.replaceAll(
    /\$(?:(\$)|([\p{L}\p{N}_]+)|\{([\p{L}\p{N}_]+)\})/gu,
    (_, dollar?: string, bare?: string, braced?: string) => {
      if (dollar !== undefined) return "$";
      const name = bare ?? braced ?? "";
      const index = /^\d+$/.test(name) ? Number(name) : names.indexOf(name);
      const [from = -1, to = -1] = [captures[index * 2], captures[index * 2 + 1]];
      return from < 0 ? "" : text.slice(from, to);
    },
  );
}
