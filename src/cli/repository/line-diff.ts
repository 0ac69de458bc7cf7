// What changes in a text, by its lines, in the form that `diff -u` has.

type Edit = { readonly sign: " " | "-" | "+"; readonly line: string };

const around = 3;

/** A unified diff; empty where nothing changes. */
export function unifiedDiff(name: string, before: string | undefined, after: string | undefined): string {
  if (before === after) return "";
  const edits = editsBetween(lines(before), lines(after));
  const head = `--- ${before === undefined ? "/dev/null" : `a/${name}`}\n+++ ${after === undefined ? "/dev/null" : `b/${name}`}\n`;
  return head + hunks(edits).join("");
}

function lines(text: string | undefined): readonly string[] {
  if (text === undefined || text === "") return [];
  return text.replace(/\n$/, "").split("\n");
}

/** The shortest way from one to the other (Myers, with what is alike at both ends taken off first). */
function editsBetween(before: readonly string[], after: readonly string[]): readonly Edit[] {
  let start = 0;
  while (start < before.length && start < after.length && before[start] === after[start]) start++;
  let end = 0;
  while (end < before.length - start && end < after.length - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const same = (some: readonly string[]): Edit[] => some.map((line) => ({ sign: " ", line }));
  return [
    ...same(before.slice(0, start)),
    ...shortest(before.slice(start, before.length - end), after.slice(start, after.length - end)),
    ...same(before.slice(before.length - end)),
  ];
}

function shortest(before: readonly string[], after: readonly string[]): readonly Edit[] {
  const trace: Map<number, number>[] = [];
  let reach = new Map([[1, 0]]);
  const most = before.length + after.length;
  for (let steps = 0; steps <= most; steps++) {
    const next = new Map(reach);
    trace.push(next);
    for (let k = -steps; k <= steps; k += 2) {
      const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
      let x = down ? (reach.get(k + 1) ?? 0) : (reach.get(k - 1) ?? 0) + 1;
      while (x < before.length && x - k < after.length && before[x] === after[x - k]) x++;
      next.set(k, x);
      if (x >= before.length && x - k >= after.length) return wayBack(before, after, trace);
    }
    reach = next;
  }
  return [];
}

function wayBack(before: readonly string[], after: readonly string[], trace: readonly Map<number, number>[]): readonly Edit[] {
  const edits: Edit[] = [];
  let x = before.length;
  let y = after.length;
  for (let steps = trace.length - 1; steps > 0; steps--) {
    const reach = trace[steps - 1] as Map<number, number>;
    const k = x - y;
    const down = k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1));
    const beforeK = down ? k + 1 : k - 1;
    const fromX = reach.get(beforeK) ?? 0;
    const fromY = fromX - beforeK;
    while (x > fromX && y > fromY) {
      edits.push({ sign: " ", line: before[--x] ?? "" });
      y--;
    }
    if (down) edits.push({ sign: "+", line: after[--y] ?? "" });
    else edits.push({ sign: "-", line: before[--x] ?? "" });
  }
  while (x > 0) edits.push({ sign: " ", line: before[--x] ?? "" });
  return edits.toReversed();
}

/** Edits with three lines around them; what lies further apart stands in pieces of its own. */
function hunks(edits: readonly Edit[]): readonly string[] {
  const out: string[] = [];
  let [oldLine, newLine, index] = [1, 1, 0];
  while (index < edits.length) {
    const first = edits.findIndex((one, at) => at >= index && one.sign !== " ");
    if (first < 0) break;
    const from = Math.max(index, first - around);
    let last = first;
    for (let at = first; at < edits.length && at - last <= 2 * around; at++) if (edits[at]?.sign !== " ") last = at;
    const to = Math.min(edits.length, last + around + 1);
    oldLine += from - index;
    newLine += from - index;
    const some = edits.slice(from, to);
    const olds = some.filter(({ sign }) => sign !== "+").length;
    const news = some.filter(({ sign }) => sign !== "-").length;
    const range = (start: number, count: number) => `${count === 0 ? start - 1 : start}${count === 1 ? "" : `,${count}`}`;
    out.push(`@@ -${range(oldLine, olds)} +${range(newLine, news)} @@\n`, ...some.map(({ sign, line }) => `${sign}${line}\n`));
    oldLine += olds;
    newLine += news;
    index = to;
  }
  return out;
}
