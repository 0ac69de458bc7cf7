import { type BinaryExpr, type Matching, isComparison } from "../syntax/expr.ts";
import { dropsName, operationOf } from "./binary.ts";
import { type Context, type Vec, checkUnique, noVec } from "./context.ts";
import { EvaluationError } from "./evaluation-error.ts";
import { type LabelSet, dropLabels, keepLabels, labelOf, printLabels, withLabel } from "./label-sets.ts";

const onAll: Matching = { on: false, labels: [], include: [] };

/** What two elements must have in common to match: the labels of `on`, or all but the name and those of `ignoring`. */
function signatures({ sets }: Context, { on, labels }: Matching, members: readonly LabelSet[]): LabelSet[] {
  const how = `${on ? "on" : "ignoring"} ${JSON.stringify(labels)}`;
  const dropped = [...labels, "__name__"];
  return members.map((set) => sets.derive(set, how, (given) => (on ? keepLabels(given, labels) : dropLabels(given, dropped))));
}

/** `and`, `or`, `unless`. */
export function setOperation(context: Context, expr: BinaryExpr, left: Vec, right: Vec): Vec {
  const matching = expr.matching ?? onAll;
  const [lefts, rights] = [signatures(context, matching, left.sets), signatures(context, matching, right.sets)];
  const mark = context.sets.nextMark();
  if (expr.op === "or") {
    for (const signature of lefts) signature.mark = mark;
    const more = rights.map((signature) => signature.mark !== mark);
    return checkUnique(
      context,
      {
        sets: [...left.sets, ...right.sets.filter((_, index) => more[index])],
        values: [...left.values, ...right.values.filter((_, index) => more[index])],
      },
      expr,
    );
  }
  for (const signature of rights) signature.mark = mark;
  const kept = lefts.map((signature) => (signature.mark === mark) === (expr.op === "and"));
  return { sets: left.sets.filter((_, index) => kept[index]), values: left.values.filter((_, index) => kept[index]) };
}

/** Operators on two vectors: elements that match, one to one, or many to one with `group_left` and `group_right`. */
export function join(context: Context, expr: BinaryExpr, left: Vec, right: Vec): Vec {
  if (left.sets.length === 0 || right.sets.length === 0) return noVec;
  const matching = expr.matching ?? onAll;
  const swapped = matching.many === "right";
  const [many, one] = swapped ? [right, left] : [left, right];
  const ones = onesBySignature(context, expr, matching, one);
  const operate = operationOf(expr);
  const filters = isComparison(expr.op) && !expr.bool;
  const labelsOf = resultLabels(context, expr, matching);
  const outSets: LabelSet[] = [];
  const outValues: number[] = [];
  const matched = new Map<LabelSet, Set<LabelSet>>();
  const manySignatures = signatures(context, matching, many.sets);
  for (const [index, set] of many.sets.entries()) {
    const signature = manySignatures[index];
    const partner = signature && ones.get(signature);
    if (signature === undefined || partner === undefined) continue;
    const [value, other] = [many.values[index] ?? 0, one.values[partner] ?? 0];
    const result = swapped ? operate(other, value) : operate(value, other);
    const partnerSet = one.sets[partner];
    if (result === undefined || partnerSet === undefined) continue;
    const labels = labelsOf(set, partnerSet);
    const before = matched.get(signature);
    if (before !== undefined && matching.many === undefined)
      throw new EvaluationError(
        expr,
        "multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)",
        `several series on the left match ${printLabels(signature.labels)}: write group_left, or aggregate them`,
      );
    if (before?.has(labels))
      throw new EvaluationError(
        expr,
        "multiple matches for labels: grouping labels must ensure unique matches",
        `${printLabels(labels.labels)} comes out twice`,
      );
    if (before) before.add(labels);
    else matched.set(signature, new Set([labels]));
    outSets.push(labels);
    outValues.push(filters && swapped ? other : result);
  }
  return checkUnique(context, { sets: outSets, values: outValues }, expr);
}

function onesBySignature(context: Context, expr: BinaryExpr, matching: Matching, one: Vec): Map<LabelSet, number> {
  const found = new Map<LabelSet, number>();
  for (const [index, signature] of signatures(context, matching, one.sets).entries()) {
    const before = found.get(signature);
    if (before !== undefined) {
      const side = matching.many === "right" ? "left" : "right";
      const pair = [one.sets[index], one.sets[before]].map((set) => printLabels(set?.labels ?? {})).join(", ");
      throw new EvaluationError(
        side === "left" ? expr.left : expr.right,
        `found duplicate series for the match group ${printLabels(signature.labels)} on the ${side} hand-side of the operation: [${pair}]` +
          ";many-to-many matching not allowed: matching labels must be unique on one side",
        "match on more labels, or aggregate that side",
      );
    }
    found.set(signature, index);
  }
  return found;
}

/** The labels of what comes of two matching elements. */
function resultLabels(context: Context, expr: BinaryExpr, matching: Matching): (many: LabelSet, one: LabelSet) => LabelSet {
  const { on, labels, many, include } = matching;
  const { sets } = context;
  const drops = dropsName(expr, context.prometheus);
  const how = `result ${drops} ${on} ${JSON.stringify(labels)} ${many ?? ""}`;
  const plain = (set: LabelSet) =>
    sets.derive(set, how, (given) => {
      const nameless = drops ? dropLabels(given, ["__name__"]) : given;
      return many === undefined ? (on ? keepLabels(nameless, labels) : dropLabels(nameless, labels)) : nameless;
    });
  if (include.length === 0) return plain;
  return (set, partner) => {
    const values = include.map((label) => labelOf(partner.labels, label));
    return sets.derive(plain(set), `include ${JSON.stringify([include, values])}`, (given) =>
      include.reduce((result, label, index) => withLabel(result, label, values[index] ?? ""), given),
    );
  };
}
