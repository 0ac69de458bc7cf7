import type { SyntaxNode } from "@lezer/common";
import type { Matcher } from "../../series.ts";
import { createMatcher } from "../regexp/matching.ts";
import { compileRegexp } from "../regexp/regexp.ts";
import type { SelectorExpr, Span } from "./expr.ts";
import { parts } from "./parts.ts";
import { stringOf } from "./literals.ts";
import { problemAt } from "./problem.ts";
import type { Report } from "./suffixes.ts";

export function buildSelector(node: SyntaxNode, text: string, report: Report): SelectorExpr {
  const { from, to } = node;
  let name: string | undefined;
  const matchers: Matcher[] = [];
  const takeName = (given: string, at: Span) => {
    if (name !== undefined)
      report(
        problemAt(at, `metric name must not be set twice: ${JSON.stringify(name)} or ${JSON.stringify(given)}`, "leave one out"),
      );
    name = given;
  };
  for (const part of parts(node)) {
    if (part.name === "Identifier") takeName(text.slice(part.from, part.to), part);
    else
      for (const one of parts(part)) {
        if (one.name === "QuotedLabelName") takeName(string(one), one);
        else takeMatcher(one);
      }
  }
  const named = matchers.find((one) => one.name === "__name__");
  if (name !== undefined && named)
    report(
      problemAt(
        node,
        `metric name must not be set twice: ${JSON.stringify(name)} or ${JSON.stringify(named.value)}`,
        "leave one out",
      ),
    );
  if (name === undefined && matchers.every(matchesEmpty))
    report(
      problemAt(
        node,
        "vector selector must contain at least one non-empty matcher",
        'name a metric, or a label as in {job="api"}',
      ),
    );
  return { kind: "selector", ...(name !== undefined && { name }), matchers, offsetMs: 0, from, to };

  function takeMatcher(one: SyntaxNode): void {
    const [label, op, value] = parts(one);
    if (!label || !op || !value) return;
    const matcher: Matcher = {
      name: label.name === "QuotedLabelName" ? string(label) : text.slice(label.from, label.to),
      op: text.slice(op.from, op.to) as Matcher["op"],
      value: string(value),
    };
    if (matcher.op === "=~" || matcher.op === "!~") {
      const compiled = compileRegexp(matcher.value);
      if (!compiled.ok) {
        report(
          problemAt(value, `error parsing regexp: ${compiled.problem}`, "it has to be in RE2's syntax, and matches whole values"),
        );
        return;
      }
    }
    matchers.push(matcher);
  }

  function string(at: SyntaxNode): string {
    const found = stringOf(text.slice(at.from, at.to));
    if ("value" in found) return found.value;
    report(problemAt({ from: at.from + found.at, to: at.to }, found.problem, "a string in backticks has no escapes"));
    return "";
  }
}

function matchesEmpty(matcher: Matcher): boolean {
  return createMatcher(matcher)("");
}
