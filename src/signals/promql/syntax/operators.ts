import { type BinaryOp, type Expr, type Matching, type Span, powerPrecedence, precedence } from "./expr.ts";

// The grammar's tree binds what follows an operand (`offset`, `@`, `[5m]`) to all that stands before it, and a sign to its number
// even in front of `^`. Prometheus does neither. So the tree's leaves are taken as a row and bound anew, by Prometheus' precedence.

export type Item =
  | (Span & { readonly item: "sign"; readonly op: "+" | "-" })
  | (Span & { readonly item: "operand"; readonly expr: Expr; readonly parentheses: boolean })
  | (Span & { readonly item: "suffix"; readonly apply: (to: Operand) => Expr })
  | (Span & { readonly item: "binary"; readonly op: BinaryOp; readonly bool: boolean; readonly matching?: Matching });

/** What a suffix is applied to, and whether it stands in parentheses. */
export type Operand = { readonly expr: Expr; readonly parentheses: boolean };

export function bind(items: readonly Item[]): Expr {
  let at = 0;
  return binary(0);

  function binary(least: number): Expr {
    let left = signed();
    for (let item = items[at]; item?.item === "binary" && precedence[item.op] >= least; item = items[at]) {
      at++;
      const { op, bool, matching } = item;
      const right = binary(op === "^" ? precedence[op] : precedence[op] + 1);
      const opAt = { from: item.from, to: item.to };
      left = { kind: "binary", op, left, right, bool, opAt, ...(matching && { matching }), from: left.from, to: right.to };
    }
    return left;
  }

  function signed(): Expr {
    const item = items[at];
    if (item?.item !== "sign") return suffixed();
    at++;
    const of = binary(powerPrecedence);
    if (of.kind === "number") return { ...of, value: item.op === "-" ? -of.value : of.value, from: item.from };
    return { kind: "unary", op: item.op, of, from: item.from, to: of.to };
  }

  function suffixed(): Expr {
    const item = items[at++];
    if (item?.item !== "operand") throw new TypeError("the grammar let an operator stand without its operand");
    let operand: Operand = item;
    for (let suffix = items[at]; suffix?.item === "suffix"; suffix = items[at]) {
      at++;
      operand = { expr: suffix.apply(operand), parentheses: false };
    }
    return operand.expr;
  }
}
