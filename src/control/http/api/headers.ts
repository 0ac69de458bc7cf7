/** Nothing of an answer is kept on the way, guessed at, or framed. */
export const answerHeaders = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-resource-policy": "same-origin",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

export const problemHeaders = { ...answerHeaders, "content-type": "application/problem+json" } as const;
