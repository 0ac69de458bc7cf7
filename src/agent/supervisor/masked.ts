const mask = "•••";

/** Where secrets stand in a text, in order, those that overlap taken together. */
function secretSpans(text: string, forms: readonly string[]): readonly (readonly [from: number, to: number])[] {
  const spans: [number, number][] = [];
  for (const form of forms)
    for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + 1)) spans.push([at, at + form.length]);
  if (spans.length < 2) return spans;
  const joined: [number, number][] = [];
  for (const [from, to] of spans.toSorted((left, right) => left[0] - right[0])) {
    const last = joined.at(-1);
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else joined.push([from, to]);
  }
  return joined;
}

/**
 * A text without its secrets, and no more of it than so many characters. A secret that stands across the end is masked as a
 * whole, as long as the text goes on far enough to recognise it.
 */
export function masked(text: string, forms: readonly string[], most = Number.POSITIVE_INFINITY): string {
  const spans = secretSpans(text, forms);
  let result = "";
  let at = 0;
  for (const [from, to] of spans) {
    if (from >= most) break;
    result += text.slice(at, from) + mask;
    at = to;
  }
  return at < most ? result + text.slice(at, Math.min(text.length, most)) : result;
}
