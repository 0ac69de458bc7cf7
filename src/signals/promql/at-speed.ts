import type { Expr, Shift } from "./syntax/expr.ts";

/**
 * The expression for a world that runs `speed` times faster: its ranges, offsets, subqueries and how far `predict_linear` looks ahead
 * are divided. Moments (`@`), thresholds and everything else stay: samples keep real time, so rates keep their units.
 */
export function atSpeed(expr: Expr, speed: number): Expr {
  if (!(speed > 0) || !Number.isFinite(speed)) throw new RangeError(`a speed is a number above 0, not ${speed}`);
  return speed === 1 ? expr : faster(expr);

  function faster(one: Expr): Expr {
    switch (one.kind) {
      case "number":
      case "string":
        return one;
      case "selector":
        return shifted(one);
      case "range":
        return { ...one, rangeMs: span(one.rangeMs), of: shifted(one.of) };
      case "subquery": {
        const { stepMs } = one;
        return {
          ...shifted(one),
          of: faster(one.of),
          rangeMs: span(one.rangeMs),
          ...(stepMs !== undefined && { stepMs: span(stepMs) }),
        };
      }
      case "unary":
        return { ...one, of: faster(one.of) };
      case "binary":
        return { ...one, left: faster(one.left), right: faster(one.right) };
      case "aggregate":
        return { ...one, of: faster(one.of), ...(one.parameter && { parameter: faster(one.parameter) }) };
      case "call":
        return {
          ...one,
          args: one.args.map((arg, index) => (one.name === "predict_linear" && index === 1 ? divided(faster(arg)) : faster(arg))),
        };
    }
  }

  function shifted<T extends Shift>(one: T): T {
    return one.offsetMs === 0 ? one : { ...one, offsetMs: Math.sign(one.offsetMs) * span(Math.abs(one.offsetMs)) };
  }

  /** Never less than a millisecond, which is as short as a span of time can be written. */
  function span(ms: number): number {
    return Math.max(1, Math.round(ms / speed));
  }

  function divided(seconds: Expr): Expr {
    if (seconds.kind === "number") return { ...seconds, value: seconds.value / speed };
    // 24 * 3600 is divided as it would be said: 24 * 3600 / 60.
    const { from, to } = seconds;
    const right: Expr = { kind: "number", value: speed, from: to, to };
    return { kind: "binary", op: "/", left: seconds, right, bool: false, opAt: { from: to, to }, from, to };
  }
}
