import { createHash } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { counter } from "../../shared/metrics.ts";
import { createMeter } from "../../shared/spending.ts";

// Plays the partner: the same page gets the same answer, every seventh first try is refused with 429, and tokens are counted as
// Vertex counts them, four characters to one.

export type Summary = { readonly summary: string; readonly words: number; readonly tokens: number };

const responses = counter("vertex_responses_total", "What Vertex answered.", [{ code: "200" }, { code: "429" }]);
const used = counter("vertex_tokens_total", "Tokens that Vertex charged.", [{}]);
// Gemini 2.5 Flash, for a million tokens that go in (cloud.google.com/vertex-ai/generative-ai/pricing, in 2025).
const costs = createMeter("gemini-2.5-flash", 0.3);
const tries = 5;

/** Asks again, a little later each time, when Vertex says that it is too much. */
export async function summarise(text: string): Promise<Summary> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await vertex(text, attempt);
    responses({ code: String(answer.code) });
    if (answer.code === 200) {
      used({}, answer.summary.tokens);
      costs(answer.summary.tokens);
      return answer.summary;
    }
    if (attempt === tries) throw new Error(`Vertex answered 429 ${tries} times`);
    await wait(25 * 2 ** attempt);
  }
}

type VertexAnswer = { readonly code: 429 } | { readonly code: 200; readonly summary: Summary };

async function vertex(text: string, attempt: number): Promise<VertexAnswer> {
  const number = createHash("sha256").update(text).digest().readUInt32BE();
  await wait(20 + (number % 40));
  if (number % 7 === 0 && attempt <= 1 + (number % 2)) return { code: 429 };
  const words = text.match(/[\p{L}\p{N}]+/gu) ?? [];
  const counts = new Map<string, number>();
  for (const word of words.filter((one) => one.length > 4))
    counts.set(word.toLowerCase(), (counts.get(word.toLowerCase()) ?? 0) + 1);
  const topics = [...counts].toSorted((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 5);
  return {
    code: 200,
    summary: { summary: topics.map(([word]) => word).join(", "), words: words.length, tokens: Math.ceil(text.length / 4) },
  };
}
