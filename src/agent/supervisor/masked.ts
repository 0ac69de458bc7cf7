const mask = "•••";

/** Where secrets stand in a text, in order, those that overlap taken together. */
export type SecretFinder = (text: string) => readonly (readonly [from: number, to: number])[];

/**
 * Each secret has a dozen forms and every line is searched for all of them, so this is one pass over the text: at each place
 * three characters say whether any form can begin there. No form is shorter than that.
 */
export function createSecretFinder(forms: readonly string[]): SecretFinder {
  if (forms.length === 0) return () => [];
  const begins = new Map<number, string[]>();
  const mayBegin = new Uint8Array(1 << 16);
  for (const form of forms) {
    const key = keyAt(form, 0);
    mayBegin[key] = 1;
    begins.set(key, [...(begins.get(key) ?? []), form]);
  }
  return (text) => {
    const spans: [number, number][] = [];
    for (let at = 0; at < text.length - 2; at++) {
      const key = keyAt(text, at);
      if (mayBegin[key] !== 1) continue;
      for (const form of begins.get(key) ?? []) {
        if (!text.startsWith(form, at)) continue;
        const last = spans.at(-1);
        if (last && at <= last[1]) last[1] = Math.max(last[1], at + form.length);
        else spans.push([at, at + form.length]);
      }
    }
    return spans;
  };
}

function keyAt(text: string, at: number): number {
  return (text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 4) ^ (text.charCodeAt(at + 2) << 8)) & 0xffff;
}

/**
 * A text without its secrets, and no more of it than so many characters. A secret that stands across the end is masked as a
 * whole, as long as the text goes on far enough to recognise it.
 */
export function masked(text: string, find: SecretFinder, most = Number.POSITIVE_INFINITY): string {
  const spans = find(text);
  let result = "";
  let at = 0;
  for (const [from, to] of spans) {
    if (from >= most) break;
    result += text.slice(at, from) + mask;
    at = to;
  }
  return at < most ? result + text.slice(at, Math.min(text.length, most)) : result;
}
