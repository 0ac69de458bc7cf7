import type { Expr, SelectorExpr } from "./syntax/expr.ts";

/** The expression with every selector as it is after a change. */
export function withEachSelector(expr: Expr, change: (selector: SelectorExpr) => SelectorExpr): Expr {
  const inside = (one: Expr) => withEachSelector(one, change);
  switch (expr.kind) {
    case "number":
    case "string":
      return expr;
    case "selector":
      return change(expr);
    case "range":
      return { ...expr, of: change(expr.of) };
    case "subquery":
    case "unary":
      return { ...expr, of: inside(expr.of) };
    case "binary":
      return { ...expr, left: inside(expr.left), right: inside(expr.right) };
    case "aggregate":
      return { ...expr, of: inside(expr.of), ...(expr.parameter && { parameter: inside(expr.parameter) }) };
    case "call":
      return { ...expr, args: expr.args.map(inside) };
  }
}
