import { parser } from "@prometheus-io/lezer-promql";
import type { Tree } from "@lezer/common";
import { didYouMean } from "../../lib/nearest.ts";
import { build } from "./syntax/build.ts";
import { checkTypes } from "./syntax/check-types.ts";
import { type Expr, partsOf } from "./syntax/expr.ts";
import { functions, refusedFunctions } from "./syntax/functions.ts";
import { reservedWords } from "./syntax/names.ts";
import { type PromqlProblem, problemAt } from "./syntax/problem.ts";
import { scanProblem, tokenAt } from "./syntax/scan.ts";

export type Parsed =
  { readonly ok: true; readonly expr: Expr } | { readonly ok: false; readonly problems: readonly PromqlProblem[] };

export type ParseOptions = {
  /** A rule is evaluated at single moments: `@ start()` and `@ end()` would mean nothing there. */
  readonly for?: "query" | "rule";
};

/** An expression of the subset with its types checked, or what is wrong with it. */
export function parsePromql(text: string, options: ParseOptions = {}): Parsed {
  const scanned = scanProblem(text);
  if (scanned) return { ok: false, problems: [scanned] };
  const tree = parser.parse(text);
  const wrong = syntaxProblem(tree, text);
  if (wrong) return { ok: false, problems: [wrong] };
  const top = tree.topNode.getChild("Expr");
  if (top === null) return { ok: false, problems: [problemAt({ from: 0, to: text.length }, "there is no expression")] };
  const { expr, problems } = build(top, text);
  const all = problems.length > 0 ? problems : checkTypes(expr);
  const found = options.for === "rule" ? [...all, ...unpinned(expr)] : all;
  return found.length > 0
    ? { ok: false, problems: found.toSorted((a, b) => a.from - b.from || a.to - b.to) }
    : { ok: true, expr };
}

/** What stands at the first place where the grammar had to guess. */
function syntaxProblem(tree: Tree, text: string): PromqlProblem | undefined {
  let from: number | undefined;
  tree.iterate({
    enter(node) {
      if (node.type.isError) from = Math.min(from ?? node.from, node.from);
    },
  });
  if (from === undefined) return undefined;
  const token = tokenAt(text, from);
  const before = /([a-zA-Z_]\w*)\s*$/.exec(text.slice(0, from));
  if (token.text === "(" && before?.[1] !== undefined) {
    const [name, at] = [before[1], { from: before.index, to: before.index + before[1].length }];
    const refused = refusedFunctions.get(name);
    return refused
      ? problemAt(at, `${name} is not in the subset: ${refused.because}`, refused.hint)
      : problemAt(at, `unknown function ${JSON.stringify(name)}`, didYouMean(name, functions.keys()));
  }
  if (token.text === "") return problemAt(token, "unexpected end of the expression", "something has to follow");
  const hint = reservedWords.has(token.text.toLowerCase())
    ? `a metric of that name is written {"${token.text}"}`
    : token.text.startsWith(".") && /\d$/.test(text.slice(0, from))
      ? "a point in a number has digits behind it: 2.0"
      : undefined;
  return problemAt(token, `unexpected ${JSON.stringify(token.text)}`, hint);
}

function unpinned(expr: Expr): PromqlProblem[] {
  const problems: PromqlProblem[] = [];
  const visit = (one: Expr): void => {
    if ((one.kind === "selector" || one.kind === "subquery") && one.at !== undefined && one.at.kind !== "time")
      problems.push(
        problemAt(one, `@ ${one.at.kind}() has no meaning in a rule, which is evaluated at single moments`, "leave it out"),
      );
    for (const part of partsOf(one)) visit(part);
  };
  visit(expr);
  return problems;
}
