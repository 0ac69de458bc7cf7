import {
  type At,
  type BinaryExpr,
  type Expr,
  type SelectorExpr,
  type Shift,
  powerPrecedence,
  precedence,
} from "./syntax/expr.ts";
import { printDuration, printNumber, printString } from "./syntax/literals.ts";
import { labelName, metricName, reservedWords } from "./syntax/names.ts";

/** The expression as text that Prometheus 2 and 3 read alike, with only the parentheses that it needs. */
export function printPromql(expr: Expr): string {
  switch (expr.kind) {
    case "number":
      return printNumber(expr.value);
    case "string":
      return printString(expr.value);
    case "selector":
      return selector(expr) + shift(expr);
    case "range":
      return `${selector(expr.of)}[${printDuration(expr.rangeMs)}]${shift(expr.of)}`;
    case "subquery": {
      const step = expr.stepMs === undefined ? "" : printDuration(expr.stepMs);
      return `${primary(expr.of)}[${printDuration(expr.rangeMs)}:${step}]${shift(expr)}`;
    }
    case "unary":
      // Two signs in a row read as one number's where the second is a number's.
      return (
        expr.op + (bindsLess(expr.of, powerPrecedence) || isSigned(expr.of) ? `(${printPromql(expr.of)})` : printPromql(expr.of))
      );
    case "binary":
      return binary(expr);
    case "aggregate": {
      const { op, grouping, parameter, of } = expr;
      const by = grouping ? ` ${grouping.without ? "without" : "by"} ${labels(grouping.labels)} ` : "";
      return `${op}${by}(${parameter ? `${printPromql(parameter)}, ` : ""}${printPromql(of)})`;
    }
    case "call":
      return `${expr.name}(${expr.args.map(printPromql).join(", ")})`;
  }
}

function binary({ op, left, right, bool, matching }: BinaryExpr): string {
  const own = precedence[op];
  const raisesToTheRight = op === "^";
  const inside = (side: Expr, tighter: boolean) =>
    bindsLess(side, tighter ? own + 1 : own) ? `(${printPromql(side)})` : printPromql(side);
  // A sign in front of `^` would be the power's.
  const leftText = raisesToTheRight && isSigned(left) ? `(${printPromql(left)})` : inside(left, raisesToTheRight);
  const rightText = inside(right, !raisesToTheRight);
  let operator: string = bool ? `${op} bool` : op;
  if (matching && (matching.on || matching.labels.length > 0 || matching.many !== undefined)) {
    operator += ` ${matching.on ? "on" : "ignoring"} ${labels(matching.labels)}`;
    if (matching.many !== undefined) operator += ` group_${matching.many} ${labels(matching.include)}`;
  }
  return `${leftText} ${operator} ${rightText}`;
}

/** Whether an operand needs parentheses where only what binds at least as strongly may stand. */
function bindsLess(expr: Expr, least: number): boolean {
  return expr.kind === "binary" && precedence[expr.op] < least;
}

function isSigned(expr: Expr): boolean {
  return expr.kind === "unary" || (expr.kind === "number" && (expr.value < 0 || Object.is(expr.value, -0)));
}

/** As something that `[5m:1m]` may follow. */
function primary(expr: Expr): string {
  const text = printPromql(expr);
  return expr.kind === "binary" || expr.kind === "unary" || isSigned(expr) ? `(${text})` : text;
}

function selector({ name, matchers }: SelectorExpr): string {
  const plain = name !== undefined && metricName.test(name) && !reservedWords.has(name.toLowerCase());
  const inside = matchers.map((matcher) => `${label(matcher.name)}${matcher.op}${printString(matcher.value)}`);
  if (name !== undefined && !plain) inside.unshift(printString(name));
  return `${plain ? name : ""}${inside.length > 0 ? `{${inside.join(",")}}` : ""}`;
}

function shift({ offsetMs, at }: Shift): string {
  const offset = offsetMs === 0 ? "" : ` offset ${offsetMs < 0 ? "-" : ""}${printDuration(Math.abs(offsetMs))}`;
  return `${at ? ` @ ${moment(at)}` : ""}${offset}`;
}

function moment(at: At): string {
  return at.kind === "time" ? (at.atMs / 1_000).toFixed(3).replace(/\.?0+$/, "") : `${at.kind}()`;
}

function labels(names: readonly string[]): string {
  return `(${names.map(label).join(", ")})`;
}

function label(name: string): string {
  return labelName.test(name) ? name : printString(name);
}
