import type { SyntaxNode } from "@lezer/common";
import type { At, BinaryOp, Expr, Grouping, Matching, Span } from "./expr.ts";
import { aggregateOps, arithmeticOps, comparisonOps, setOps } from "./expr.ts";
import { refusedFunctions } from "./functions.ts";
import { numberOf, spanOf, stringOf } from "./literals.ts";
import { type Item, type Operand, bind } from "./operators.ts";
import { parts } from "./parts.ts";
import { type PromqlProblem, problemAt } from "./problem.ts";
import { buildSelector } from "./selectors.ts";
import { withAt, withOffset, withRange, withSubquery } from "./suffixes.ts";

/** The expression of a tree without syntax errors, and what in it means nothing or is not in the subset. */
export function build(top: SyntaxNode, text: string): { readonly expr: Expr; readonly problems: readonly PromqlProblem[] } {
  const problems: PromqlProblem[] = [];
  const report = (problem: PromqlProblem) => void problems.push(problem);
  const refuse = (at: Span, what: string, hint?: string) =>
    report(problemAt(at, `${what}: it is experimental in Prometheus`, hint));
  const textOf = ({ from, to }: Span) => text.slice(from, to);
  const expr = expression(top);
  return { expr, problems };

  function expression(node: SyntaxNode): Expr {
    const items: Item[] = [];
    flatten(node, items);
    return bind(items);
  }

  /** The operands and operators of an expression in the order in which they are written. */
  function flatten(node: SyntaxNode, into: Item[]): void {
    const { from, to, name } = node;
    const inner = parts(node);
    const [first, second, third] = inner;
    if (name === "BinaryExpr") return binary(inner, into);
    if (name === "UnaryExpr" && first && second) {
      into.push({ item: "sign", op: textOf(first) === "-" ? "-" : "+", from: first.from, to: first.to });
      return flatten(second, into);
    }
    if (name === "NumberDurationLiteral") return number(node, into);
    const suffix = (apply: (operand: Operand, at: Span) => Expr) => {
      if (!first) return;
      flatten(first, into);
      const at = { from: second?.from ?? first.to, to };
      into.push({ item: "suffix", ...at, apply: (operand) => apply(operand, at) });
    };
    if (name === "OffsetExpr") return suffix((operand, at) => withOffset(operand, third ? duration(third) : 0, at, report));
    if (name === "StepInvariantExpr") return suffix((operand, at) => withAt(operand, pinned(third), at, report));
    if (name === "MatrixSelector")
      return suffix((operand, at) => withRange(operand, second ? duration(second) : 0, bracketsOf(at, to), report));
    if (name === "SubqueryExpr")
      return suffix((operand, at) => {
        const rangeMs = second ? duration(second) : 0;
        return withSubquery(operand, { rangeMs, stepMs: third && duration(third) }, bracketsOf(at, to));
      });
    if (name === "SmoothedExpr" || name === "AnchoredExpr")
      return suffix(({ expr }, at) => {
        refuse(at, `the modifier ${textOf(at)} is not in the subset`, "rate and increase extrapolate to the range's ends");
        return expr;
      });
    const parentheses = name === "ParenExpr" && first !== undefined;
    const expr = parentheses ? expression(first) : operand(node, inner);
    into.push({ item: "operand", expr, parentheses, from, to });
  }

  /** `[5m]` with its brackets, of which the tree has only what is inside. */
  function bracketsOf(inside: Span, to: number): Span {
    return { from: text.lastIndexOf("[", inside.from), to };
  }

  function operand(node: SyntaxNode, inner: readonly SyntaxNode[]): Expr {
    const { from, to, name } = node;
    if (name === "VectorSelector") return buildSelector(node, text, report);
    if (name === "StringLiteral") return { kind: "string", value: string(node), from, to };
    if (name === "AggregateExpr") return aggregate(node, inner);
    if (name === "FunctionCall") return call(node, inner);
    throw new TypeError(`the grammar has a node that nobody builds: ${name}`);
  }

  function number(node: SyntaxNode, into: Item[]): void {
    const { from, to } = node;
    const written = textOf(node);
    const sign = written[0] === "-" || written[0] === "+" ? written[0] : undefined;
    if (sign !== undefined) into.push({ item: "sign", op: sign, from, to: from + 1 });
    const unsigned = (sign === undefined ? written : written.slice(1)).trim();
    const value = numberOf(unsigned);
    if (value === undefined) report(problemAt(node, `${unsigned} is no number`));
    const at = { from: sign === undefined ? from : to - unsigned.length, to };
    into.push({ item: "operand", expr: { kind: "number", value: value ?? Number.NaN, ...at }, parentheses: false, ...at });
  }

  function binary(inner: readonly SyntaxNode[], into: Item[]): void {
    const [left, operator, right] = [inner[0], inner[1], inner.at(-1)];
    if (!left || !operator || !right) return;
    flatten(left, into);
    const op = textOf(operator).toLowerCase();
    const at = { from: operator.from, to: operator.to };
    if (!isBinaryOp(op)) refuse(at, `the operator ${op} is not in the subset`, "it is for native histograms");
    let matching: Matching | undefined;
    for (const node of inner.slice(2, -1)) {
      if (node.name === "MatchingModifierClause") matching = matchingOf(node);
      if (node.name.startsWith("Fill"))
        refuse(
          node,
          `${textOf(node).split("(")[0]?.trim()} is not in the subset`,
          "write (x or 0 * y) for the side that may be missing",
        );
    }
    const bool = inner.some((node) => node.name === "BoolModifier");
    into.push({ item: "binary", op: isBinaryOp(op) ? op : "+", bool, ...(matching && { matching }), ...at });
    flatten(right, into);
  }

  function matchingOf(node: SyntaxNode): Matching {
    const inner = parts(node);
    const [labels, include] = inner.filter((one) => one.name === "GroupingLabels");
    const side = inner.find((one) => one.name === "GroupLeft" || one.name === "GroupRight");
    return {
      on: inner[0]?.name === "On",
      labels: labels ? labelsOf(labels) : [],
      ...(side && { many: side.name === "GroupLeft" ? "left" : "right" }),
      include: include ? labelsOf(include) : [],
    };
  }

  function aggregate(node: SyntaxNode, inner: readonly SyntaxNode[]): Expr {
    const { from, to } = node;
    const name = inner[0] ? textOf(inner[0]).toLowerCase() : "";
    const op = aggregateOps.find((one) => one === name);
    const modifier = inner.find((one) => one.name === "AggregateModifier");
    const body = inner.find((one) => one.name === "FunctionCallBody");
    const args = body ? parts(body).map(expression) : [];
    if (op === undefined) refused({ from, to: from + name.length }, name);
    const expected = op === "topk" || op === "bottomk" || op === "quantile" || op === "count_values" ? 2 : 1;
    const of = args.at(-1);
    if (of === undefined || (op !== undefined && args.length !== expected)) {
      const message = `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`;
      report(
        problemAt(body ?? node, message, expected === 2 ? `write ${name}(<parameter>, <vector>)` : `write ${name}(<vector>)`),
      );
    }
    return {
      kind: "aggregate",
      op: op ?? "sum",
      of: of ?? { kind: "number", value: 0, from, to },
      ...(modifier && { grouping: groupingOf(modifier) }),
      ...(expected === 2 && args[0] !== undefined && args.length === 2 && { parameter: args[0] }),
      from,
      to,
    };
  }

  function groupingOf(node: SyntaxNode): Grouping {
    const labels = parts(node).find((one) => one.name === "GroupingLabels");
    return { without: parts(node)[0]?.name === "Without", labels: labels ? labelsOf(labels) : [] };
  }

  function labelsOf(node: SyntaxNode): string[] {
    return parts(node).map((one) => (one.name === "QuotedLabelName" ? string(one) : textOf(one)));
  }

  function call(node: SyntaxNode, inner: readonly SyntaxNode[]): Expr {
    const { from, to } = node;
    const [identifier, body] = inner;
    const nameAt = identifier ? { from: identifier.from, to: identifier.to } : { from, to };
    const name = textOf(nameAt);
    if (refusedFunctions.has(name)) refused(nameAt, name);
    return { kind: "call", name, nameAt, args: body ? parts(body).map(expression) : [], from, to };
  }

  function refused(at: Span, name: string): void {
    const why = refusedFunctions.get(name);
    report(problemAt(at, `${name} is not in the subset: ${why?.because ?? "it is unknown"}`, why?.hint));
  }

  /** Milliseconds of `5m` or `-5m`. */
  function duration(node: SyntaxNode): number {
    const written = textOf(node).trim();
    const [, sign, unsigned] = /^([-+]?)\s*([\w.]+)$/.exec(written) ?? [];
    if (unsigned === undefined || (sign !== "" && node.name !== "OffsetDurationExpr")) {
      refuse(node, "arithmetic with spans of time is not in the subset", "write the span that comes out, as 90s");
      return 1;
    }
    const span = spanOf(unsigned);
    if ("problem" in span) report(problemAt(node, span.problem));
    return "ms" in span ? (sign === "-" ? -span.ms : span.ms) : 1;
  }

  function pinned(node: SyntaxNode | undefined): At {
    if (node?.name === "AtModifierPreprocessors") return { kind: textOf(node).startsWith("start") ? "start" : "end" };
    const [, sign, unsigned = ""] = node ? (/^([-+]?)\s*(.*)$/s.exec(textOf(node)) ?? []) : [];
    const seconds = numberOf(unsigned);
    if (node && (seconds === undefined || !Number.isFinite(seconds) || seconds > 1e13))
      report(problemAt(node, `timestamp out of bounds for @ modifier: ${textOf(node)}`, "it is in seconds since 1970"));
    return { kind: "time", atMs: Math.round((sign === "-" ? -1 : 1) * (seconds ?? 0) * 1_000) };
  }

  function string(node: SyntaxNode): string {
    const found = stringOf(textOf(node));
    if ("value" in found) return found.value;
    report(problemAt({ from: node.from + found.at, to: node.to }, found.problem, "a string in backticks has no escapes"));
    return "";
  }
}

function isBinaryOp(op: string): op is BinaryOp {
  return [...arithmeticOps, ...comparisonOps, ...setOps].some((one) => one === op);
}
