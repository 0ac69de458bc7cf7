import { z } from "zod";
import { route } from "../route.ts";
import { done, freeze, freezes, named, preview, previewAsked, schedule, snapshot } from "../schema/operate.ts";
import { pageOf } from "../schema/words.ts";

const at = "/v1/products/{product}/environments/{environment}" as const;

export const operateRoutes = {
  [`POST ${at}/services/{service}/restart` as const]: route({
    summary: "Starts a service anew, one replica after the other, without an interruption.",
    right: "operate",
    body: named,
    answers: done,
  }),
  [`GET ${at}/freezes` as const]: route({
    summary: "When nothing is shipped: what stops it now, what the spec says, what somebody has begun.",
    right: "read",
    answers: freezes,
  }),
  [`POST ${at}/freezes` as const]: route({
    summary: "Begins a freeze, or lifts one of the spec for a while, where a role may.",
    right: "operate",
    body: freeze,
    answers: z.object({ id: z.string(), until: z.string(), stops: z.array(z.string()) }),
  }),
  [`DELETE ${at}/freezes/{id}` as const]: route({
    summary: "Ends a freeze that somebody has begun.",
    right: "operate",
    answers: done,
  }),
  [`GET ${at}/previews` as const]: route({ summary: "Previews of an environment.", right: "read", answers: pageOf(preview) }),
  [`POST ${at}/previews` as const]: route({
    summary: "Makes a preview: an environment of its own, with a copy of the data, for a while.",
    right: "release",
    body: previewAsked,
    answers: z.object({ environment: z.string(), url: z.string().optional(), expiresAt: z.string().optional() }),
  }),
  [`DELETE ${at}/previews/{name}` as const]: route({
    summary: "Removes a preview with all that it had.",
    right: "release",
    answers: done,
  }),
  [`GET ${at}/schedules` as const]: route({ summary: "What happens at set times.", right: "read", answers: pageOf(schedule) }),
  [`GET ${at}/snapshots` as const]: route({
    summary: "Copies of databases that releases have kept.",
    right: "read",
    answers: pageOf(snapshot),
  }),
  [`GET ${at}/spec` as const]: route({
    summary: "The environment as it was last brought up or released to: the resolved spec, without anything secret.",
    right: "read",
    answers: z.object({ environment: z.record(z.string(), z.unknown()) }),
  }),
};
