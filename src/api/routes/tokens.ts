import { z } from "zod";
import { route } from "../route.ts";
import { done } from "../schema/operate.ts";
import { givenToken, rotation, token, tokenAsked } from "../schema/token.ts";
import { pageOf } from "../schema/words.ts";

export const tokenRoutes = {
  "GET /v1/tokens": route({ summary: "Tokens, without their secrets.", right: "administer", answers: pageOf(token) }),
  "POST /v1/tokens": route({
    summary: "Gives out a token; it is shown once.",
    right: "administer",
    body: tokenAsked,
    answers: givenToken,
    status: 201,
    secret: true,
  }),
  "POST /v1/tokens/{id}/rotate": route({
    summary: "Another secret for the same token; the one before stays good for a while.",
    right: "administer",
    body: rotation,
    answers: givenToken,
    secret: true,
  }),
  "DELETE /v1/tokens/{id}": route({ summary: "Revokes a token, at once.", right: "administer", answers: done }),
  "GET /metrics": route({
    summary: "What the server measures of itself, as Prometheus reads it.",
    right: "read",
    text: true,
    answers: z.string(),
  }),
};
