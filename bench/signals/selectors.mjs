// What rules look at: every selector of their expressions, once.

const [{ parsePromql }, { partsOf }, { createSelector }] = await Promise.all(
  ["promql/parse", "promql/syntax/expr", "promql/regexp/matching"].map((name) => import(`../../dist/signals/${name}.js`)),
);

/** `[{ matchers, fits }]` of all of them, the name a matcher as any other. */
export function selectorsOf({ recordings, alerts }) {
  const found = new Map();
  const visit = (expr) => {
    if (expr.kind === "selector") {
      const matchers = [
        { name: "__name__", op: "=", value: expr.name },
        ...expr.matchers.map(({ name, op, value }) => ({ name, op, value })),
      ];
      found.set(JSON.stringify(matchers), { matchers, fits: createSelector(matchers) });
    }
    for (const part of partsOf(expr)) visit(part);
  };
  for (const { expr } of [...recordings, ...alerts]) {
    const parsed = parsePromql(expr, { for: "rule" });
    if (!parsed.ok) throw new Error(`${expr}: ${JSON.stringify(parsed.problems)}`);
    visit(parsed.expr);
  }
  return [...found.values()];
}

export function printedMatchers({ matchers }) {
  return `{${matchers.map(({ name, op, value }) => `${name}${op}${JSON.stringify(value)}`).join(",")}}`;
}
