import { didYouMean } from "../../../lib/nearest.ts";
import { compileRegexp } from "../regexp/regexp.ts";
import { type AggregateExpr, type BinaryExpr, type CallExpr, type Expr, type ValueType, isComparison, isSetOp } from "./expr.ts";
import { functions } from "./functions.ts";
import { labelName } from "./names.ts";
import { type PromqlProblem, problemAt } from "./problem.ts";

const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  vector: "instant vector",
  matrix: "range vector",
  string: "string",
};

/** What an expression gives. */
export function typeOf(expr: Expr): ValueType {
  if (expr.kind === "number") return "scalar";
  if (expr.kind === "string") return "string";
  if (expr.kind === "range" || expr.kind === "subquery") return "matrix";
  if (expr.kind === "unary") return typeOf(expr.of);
  if (expr.kind === "call") return functions.get(expr.name)?.returns ?? "vector";
  if (expr.kind !== "binary") return "vector";
  let type = binaryTypes.get(expr);
  if (type === undefined) {
    type = typeOf(expr.left) === "scalar" && typeOf(expr.right) === "scalar" ? "scalar" : "vector";
    binaryTypes.set(expr, type);
  }
  return type;
}

/** Of a long chain of operators every evaluation would ask again. */
const binaryTypes = new WeakMap<Expr, ValueType>();

/** Everything in an expression that cannot be evaluated, each at its place. */
export function checkTypes(top: Expr): PromqlProblem[] {
  const problems: PromqlProblem[] = [];
  const known = new Map<Expr, ValueType>();
  check(top);
  return problems;

  function report(at: { readonly from: number; readonly to: number }, message: string, hint?: string): void {
    problems.push(problemAt(at, message, hint));
  }

  /** Like `typeOf`, but looks at each part once. */
  function check(expr: Expr): ValueType {
    const type = typeAfterParts(expr);
    known.set(expr, type);
    return type;
  }

  function typeAfterParts(expr: Expr): ValueType {
    if (expr.kind === "call") return call(expr);
    if (expr.kind === "aggregate") return aggregate(expr);
    if (expr.kind === "binary") return binary(expr);
    if (expr.kind === "unary") {
      const type = check(expr.of);
      if (type === "matrix" || type === "string")
        report(expr, `unary expression only allowed on expressions of type scalar or instant vector, got ${typeNames[type]}`);
      return type;
    }
    if (expr.kind === "subquery") {
      const type = check(expr.of);
      if (type !== "vector")
        report(
          expr,
          `subquery is only allowed on instant vector, got ${typeNames[type]} instead`,
          "vector(…) makes one of a number",
        );
      return "matrix";
    }
    return typeOf(expr);
  }

  function expectType(expr: Expr, wanted: ValueType, where: string): void {
    const type = check(expr);
    if (type !== wanted)
      report(expr, `expected type ${typeNames[wanted]} in ${where}, got ${typeNames[type]}`, hintFor(expr, wanted, type));
  }

  function call(expr: CallExpr): ValueType {
    const { name, args, nameAt } = expr;
    const signature = functions.get(name);
    if (signature === undefined) {
      report(nameAt, `unknown function ${JSON.stringify(name)}`, didYouMean(name, functions.keys()));
      return "vector";
    }
    const least = signature.args.length - signature.optional;
    const most = signature.repeats ? Infinity : signature.args.length;
    if (args.length < least || args.length > most) {
      const number = least === most ? `${least}` : args.length < least ? `at least ${least}` : `at most ${most}`;
      const shape = signature.args.map((type) => typeNames[type]).join(", ");
      report(expr, `expected ${number} argument(s) in call to ${JSON.stringify(name)}, got ${args.length}`, `${name}(${shape})`);
    }
    for (const [index, arg] of args.entries()) {
      const wanted = signature.args[index] ?? signature.args.at(-1);
      if (wanted !== undefined) expectType(arg, wanted, `call to function ${JSON.stringify(name)}`);
    }
    if (name === "label_replace" || name === "label_join") checkLabels(expr);
    return signature.returns;
  }

  function checkLabels({ name, args }: CallExpr): void {
    const [, to, , , pattern] = args;
    // label_replace may read of a label that cannot be: it is then empty.
    for (const label of name === "label_replace" ? [to] : [to, ...args.slice(3)])
      if (label?.kind === "string" && !labelName.test(label.value))
        report(label, `invalid label name in ${name}(): ${JSON.stringify(label.value)}`, "letters, digits and underscores");
    if (name !== "label_replace" || pattern?.kind !== "string") return;
    const compiled = compileRegexp(pattern.value);
    if (!compiled.ok)
      report(pattern, `invalid regular expression in label_replace(): ${compiled.problem}`, "it has to be in RE2's syntax");
  }

  function aggregate({ op, parameter, of }: AggregateExpr): ValueType {
    expectType(of, "vector", "aggregation expression");
    if (parameter === undefined) return "vector";
    expectType(parameter, op === "count_values" ? "string" : "scalar", "aggregation parameter");
    if (op === "count_values" && parameter.kind === "string" && !labelName.test(parameter.value))
      report(parameter, `invalid label name ${JSON.stringify(parameter.value)}`, "letters, digits and underscores");
    return "vector";
  }

  function binary(expr: BinaryExpr): ValueType {
    const { op, bool, matching, left, right, opAt } = expr;
    const types = [left, right].map((side) => {
      const type = check(side);
      if (type !== "scalar" && type !== "vector")
        report(
          side,
          `binary expression must contain only scalar and instant vector types, got ${typeNames[type]}`,
          hintFor(side, "vector", type),
        );
      return type;
    });
    const scalars = types.filter((type) => type === "scalar").length;
    if (bool && !isComparison(op)) report(opAt, "bool modifier can only be used on comparison operators", "leave bool out");
    if (isComparison(op) && !bool && scalars === 2)
      report(opAt, "comparisons between scalars must use BOOL modifier", `write ${op} bool`);
    if (isSetOp(op) && scalars > 0)
      report(
        opAt,
        `set operator ${JSON.stringify(op)} not allowed in binary scalar expression`,
        "vector(…) makes a vector of a number",
      );
    if (matching) {
      const { on, labels, include, many } = matching;
      if (scalars > 0)
        report(expr, "vector matching only allowed between instant vectors", `leave ${on ? "on" : "ignoring"} (…) out`);
      if (isSetOp(op) && many) report(expr, `no grouping allowed for ${JSON.stringify(op)} operation`, `leave group_${many} out`);
      for (const label of on ? include.filter((one) => labels.includes(one)) : [])
        report(
          expr,
          `label ${JSON.stringify(label)} must not occur in ON and GROUP clause at once`,
          `leave it out of group_${many ?? "left"}`,
        );
    }
    return scalars === 2 ? "scalar" : "vector";
  }
}

function hintFor(expr: Expr, wanted: ValueType, got: ValueType): string | undefined {
  if (wanted === "matrix" && got === "vector")
    return expr.kind === "selector" ? "give it a range, as x[5m]" : "a subquery makes a range of it: [5m:1m]";
  if (wanted === "vector" && got === "matrix")
    return "take the range away, or a function over it, as rate(x[5m]) or avg_over_time(x[5m])";
  if (wanted === "vector" && got === "scalar") return "vector(…) makes a vector of a number";
  if (wanted === "scalar" && got === "vector") return "scalar(…) makes a number of a vector with one element";
  return undefined;
}
