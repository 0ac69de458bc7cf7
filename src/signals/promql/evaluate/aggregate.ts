import type { AggregateExpr } from "../syntax/expr.ts";
import type { Context, Vec } from "./context.ts";
import { noVec } from "./context.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { type LabelSet, dropLabels, keepLabels, withLabel } from "./label-sets.ts";
import { printGoNumber } from "./numbers.ts";
import { meanOf, quantileOf, varianceOf } from "./sums.ts";

/** Which group each element is in, by its number; the groups in the order in which they first occur. */
type Groups = { readonly of: Int32Array; readonly sets: readonly LabelSet[] };

export function aggregate(context: Context, expr: AggregateExpr, vec: Vec, parameter: number | string | undefined): Vec {
  const { op } = expr;
  if (vec.sets.length === 0) return noVec;
  if (op === "count_values") return countValues(context, expr, vec, String(parameter));
  const groups = groupsOf(context, expr, vec.sets);
  const values = Array.from(vec.values);
  const { of, sets } = groups;
  if (op === "topk" || op === "bottomk") return best(vec, groups, most(expr, Number(parameter)), op === "topk" ? 1 : -1);
  if (op === "group") return { sets, values: sets.map(() => 1) };
  if (op === "avg") return { sets, values: perGroup(groups, values).map((group) => meanOf(group, 0, group.length)) };
  // To Prometheus 2 a single value does not vary, not even where it is no number.
  const variance = (group: readonly number[]) =>
    group.length === 1 && context.prometheus === 2 ? 0 : varianceOf(group, 0, group.length);
  if (op === "stdvar") return { sets, values: perGroup(groups, values).map(variance) };
  if (op === "stddev") return { sets, values: perGroup(groups, values).map((group) => Math.sqrt(variance(group))) };
  if (op === "quantile") return { sets, values: perGroup(groups, values).map((group) => quantileOf(Number(parameter), group)) };
  const found: number[] = sets.map(() => 0);
  if (op === "count") for (const group of of) found[group] = (found[group] ?? 0) + 1;
  else if (op === "sum") sumUp(of, values, found);
  else {
    found.fill(Number.NaN);
    for (const [index, group] of of.entries()) {
      const value = values[index] ?? 0;
      const before = found[group] ?? Number.NaN;
      if (Number.isNaN(before) || (op === "max" ? value > before : value < before)) found[group] = value;
    }
  }
  return { sets, values: found };
}

/** A sum that keeps what additions lose. */
function sumUp(groups: Int32Array, values: readonly number[], found: number[]): void {
  const lost = new Float64Array(found.length);
  for (let index = 0; index < groups.length; index++) {
    const group = groups[index] ?? 0;
    const [before, value] = [found[group] ?? 0, values[index] ?? 0];
    const sum = before + value;
    lost[group] = (lost[group] ?? 0) + (Math.abs(before) >= Math.abs(value) ? before - sum + value : value - sum + before);
    found[group] = sum;
  }
  for (const [group, sum] of found.entries()) if (Number.isFinite(sum)) found[group] = sum + (lost[group] ?? 0);
}

function groupsOf(context: Context, { grouping }: AggregateExpr, members: readonly LabelSet[]): Groups {
  const { sets } = context;
  const of = new Int32Array(members.length);
  if (grouping === undefined || (!grouping.without && grouping.labels.length === 0)) return { of, sets: [sets.empty] };
  const { without, labels } = grouping;
  const how = `${without ? "without" : "by"} ${JSON.stringify(labels)}`;
  const dropped = [...labels, "__name__"];
  const make = (given: LabelSet["labels"]) => (without ? dropLabels(given, dropped) : keepLabels(given, labels));
  const mark = sets.nextMark();
  const found: LabelSet[] = [];
  for (let index = 0; index < members.length; index++) {
    const member = members[index];
    if (member === undefined) continue;
    const group = sets.derive(member, how, make);
    if (group.mark !== mark) {
      group.mark = mark;
      group.slot = found.push(group) - 1;
    }
    of[index] = group.slot;
  }
  return { of, sets: found };
}

function perGroup({ of, sets }: Groups, values: readonly number[]): number[][] {
  const found: number[][] = sets.map(() => []);
  for (const [index, group] of of.entries()) found[group]?.push(values[index] ?? 0);
  return found;
}

function most(expr: AggregateExpr, parameter: number): number {
  if (!(Math.abs(parameter) < 2 ** 63))
    throw new EvaluationError(
      expr.parameter ?? expr,
      `Scalar value ${printGoNumber(parameter)} overflows int64`,
      "say how many series",
    );
  return Math.trunc(parameter);
}

/** The highest or lowest of each group, best first; of equal ones those that came first. */
function best(vec: Vec, groups: Groups, count: number, sign: 1 | -1): Vec {
  if (count < 1) return noVec;
  const members: number[][] = groups.sets.map(() => []);
  for (const [index, group] of groups.of.entries()) members[group]?.push(index);
  const value = (index: number) => vec.values[index] ?? 0;
  const order = (a: number, b: number) => {
    const [left, right] = [value(a), value(b)];
    // NaN is worse than anything.
    if (Number.isNaN(left) || Number.isNaN(right)) return Number(Number.isNaN(left)) - Number(Number.isNaN(right));
    return left === right ? 0 : sign * (left < right ? 1 : -1);
  };
  const chosen = members.flatMap((group) => group.toSorted(order).slice(0, count));
  return { sets: chosen.flatMap((index) => vec.sets[index] ?? []), values: chosen.map(value) };
}

function countValues({ sets }: Context, { grouping }: AggregateExpr, vec: Vec, label: string): Vec {
  const counts = new Map<LabelSet, number>();
  for (const [index, set] of vec.sets.entries()) {
    const value = printGoNumber(vec.values[index] ?? 0);
    const labels = withLabel(set.labels, label, value);
    // Not kept with the set as other derived labels are: there may be as many values as moments.
    const group = sets.of(
      grouping?.without
        ? dropLabels(labels, [...grouping.labels, "__name__"])
        : keepLabels(labels, [...(grouping?.labels ?? []), label]),
    );
    counts.set(group, (counts.get(group) ?? 0) + 1);
  }
  return { sets: [...counts.keys()], values: [...counts.values()] };
}
