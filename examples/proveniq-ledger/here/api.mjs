import { sampleClaims } from "./claims.mjs";
import { serve } from "./serve.mjs";

// Stands in for the ledger: claims in memory, a partner known by the header x-partner-id, the three alpha features by their variables.
const on = (name) => process.env[name] === "true";
const claims = new Map();

function claimsOf(partnerId) {
  if (!claims.has(partnerId)) claims.set(partnerId, sampleClaims(partnerId));
  return claims.get(partnerId);
}

const forPartner = (answer) => (headers) => {
  const partnerId = headers["x-partner-id"];
  return partnerId ? answer(partnerId) : { status: 401, error: "say who you are: x-partner-id" };
};

const alpha = (name, answer) => (headers) => (on(name) ? answer(headers) : { status: 404, error: `${name} is off` });

serve({
  "GET /health": () => ({ healthy: true }),
  "GET /v1/claims": forPartner((partnerId) => ({ claims: claimsOf(partnerId) })),
  "POST /v1/claims/assess": () => ({ model: on("MOCK_GEMINI_AI") ? "mock" : "gemini", verdict: "plausible" }),
  "GET /v1/webhooks": alpha("ENABLE_WEBHOOKS", () => ({ webhooks: [] })),
  "POST /v1/demo-data": alpha(
    "ENABLE_DEMO_DATA_GENERATOR",
    forPartner((partnerId) => ({ status: 201, added: claimsOf(partnerId).push(...sampleClaims(partnerId)) })),
  ),
});
