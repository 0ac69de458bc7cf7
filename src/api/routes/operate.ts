import { z } from "zod";
import { route } from "../route.ts";
import {
  done,
  exercise,
  freeze,
  freezes,
  migrations,
  named,
  preview,
  previewAsked,
  previewMade,
  reportAsked,
  reportLine,
  reportRecorded,
  restored,
  runbook,
  schedule,
  snapshot,
} from "../schema/operate.ts";
import { origins } from "../schema/spec.ts";
import { pageOf } from "../schema/words.ts";

const at = "/v1/products/{product}/environments/{environment}" as const;

export const operateRoutes = {
  [`POST ${at}/services/{service}/restart` as const]: route({
    summary: "Starts a service anew, one replica after the other, without an interruption.",
    right: "operate",
    body: named,
    answers: done,
  }),
  [`POST ${at}/restart` as const]: route({
    summary: "Starts every service anew, one replica after the other, without an interruption.",
    right: "operate",
    body: named,
    answers: z.object({ restarted: z.array(z.string()) }),
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
    answers: previewMade,
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
  [`POST ${at}/snapshots/{name}/restore` as const]: route({
    summary:
      "Goes back to a copy of a database; what was there until then is kept as well. Whoever is connected to it is cut off.",
    right: "administer",
    body: named,
    answers: restored,
  }),
  [`GET ${at}/migrations` as const]: route({
    summary:
      "Of each database which migrations it has had, which are open, half done or changed, and what other tools have done there.",
    right: "read",
    answers: pageOf(migrations),
  }),
  [`GET ${at}/runbooks` as const]: route({
    summary: "What people do when something has happened, step by step, as the spec says it.",
    right: "read",
    answers: pageOf(runbook),
  }),
  [`GET ${at}/exercises` as const]: route({
    summary: "What is tried out before it has to hold: drills, game days, load and security tests, as the spec says it.",
    right: "read",
    answers: pageOf(exercise),
  }),
  "GET /v1/products/{product}/reports": route({
    summary: "What checks have found about versions, the newest of each: gates of releases ask for it.",
    right: "read",
    filtered: true,
    query: z.object({ check: z.string().min(1).max(200), version: z.string().min(1).max(200).optional() }),
    answers: pageOf(reportLine),
  }),
  "POST /v1/products/{product}/reports": route({
    summary: "Records what a check has found about a version. It is about every environment, and wants the right in all of them.",
    right: "release",
    body: reportAsked,
    answers: reportRecorded,
    status: 201,
  }),
  [`GET ${at}/spec` as const]: route({
    summary: "The environment as it was last brought up or released to: the resolved spec, without anything secret.",
    right: "read",
    answers: z.object({ environment: z.record(z.string(), z.unknown()) }),
  }),
  [`GET ${at}/spec/origins` as const]: route({
    summary: "Of each value of that spec: where it was written, which layer said it, and what it overrode.",
    right: "read",
    answers: origins,
  }),
};
