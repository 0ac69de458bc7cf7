import { call } from "../../shared/call.ts";
import { HttpError } from "../../shared/http-error.ts";
import { object, oneOf, read } from "../../shared/input.ts";
import { counter } from "../../shared/metrics.ts";
import { createMeter } from "../../shared/spending.ts";
import type { Claim } from "./claims.ts";

export type Verdict = { readonly model: "mock" | "gemini"; readonly verdict: "plausible" | "doubtful" };

const asked = counter("gemini_requests_total", "Claims that a model looked at.", [{ model: "mock" }, { model: "gemini" }]);
// Gemini 2.5 Flash, for a million tokens that go in (ai.google.dev/gemini-api/docs/pricing, in 2025). The mock costs nothing.
const costs = createMeter("gemini-2.5-flash", 0.3);
const question = "Is this insurance claim plausible or doubtful? Answer with one of these two words.";
const address = "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent";

/** MOCK_GEMINI_AI=true judges here, by a rule, and costs nothing. */
export async function assess(claim: Claim): Promise<Verdict> {
  const mocked = process.env["MOCK_GEMINI_AI"] === "true";
  asked({ model: mocked ? "mock" : "gemini" });
  if (mocked) return { model: "mock", verdict: claim.amountCents > 50_000_00 ? "doubtful" : "plausible" };
  const { GEMINI_API_KEY: key, GEMINI_URL: url = address } = process.env;
  if (!key) throw new HttpError(503, "no-model", "there is no key for Gemini here, and MOCK_GEMINI_AI is off");
  const { item, description, amountCents } = claim;
  const text = `${question}\n${JSON.stringify({ item, description, amountCents })}`;
  const response = await call(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": key },
    body: JSON.stringify({ contents: [{ parts: [{ text }] }] }),
    timeoutMs: 20_000,
  });
  if (!response.ok) throw new HttpError(503, "no-model", `Gemini answered ${response.status}`);
  const answer = (await response.json()) as GeminiAnswer;
  costs(answer.usageMetadata?.totalTokenCount ?? 0);
  const said = answerIn(answer);
  return { model: "gemini", ...read(object({ verdict: oneOf("plausible", "doubtful") }), { verdict: said }, "Gemini's answer") };
}

type GeminiAnswer = {
  readonly usageMetadata?: { readonly totalTokenCount?: number };
  readonly candidates?: readonly { readonly content?: { readonly parts?: readonly { readonly text?: string }[] } }[];
};

function answerIn(answer: GeminiAnswer): string {
  return answer.candidates?.[0]?.content?.parts?.[0]?.text?.trim().toLowerCase().replace(/\W/g, "") ?? "";
}
