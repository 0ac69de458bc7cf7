import { z } from "zod";
import { route } from "../route.ts";
import { environmentStatus, product, revision, serviceStatus } from "../schema/environment.ts";
import { event } from "../schema/event.ts";
import { login, who } from "../schema/session.ts";
import { environmentName, listed, pageOf, paging, productName } from "../schema/words.ts";

const health = z.object({ ok: z.boolean(), because: z.string().optional() });

export const readRoutes = {
  "GET /healthz": route({ summary: "The process answers.", right: undefined, answers: health }),
  "GET /readyz": route({ summary: "The control database answers too.", right: undefined, answers: health }),
  "GET /v1/login": route({ summary: "How a person may log in here.", right: undefined, answers: login }),
  "GET /v1/whoami": route({ summary: "Who asks, and what they may.", right: "read", filtered: true, answers: who }),
  "GET /v1/products": route({
    summary: "Products, each with its environments.",
    right: "read",
    filtered: true,
    answers: pageOf(product),
  }),
  "GET /v1/products/{product}/environments": route({
    summary: "What is there of a product: environments, their services, revisions and shares of the traffic.",
    right: "read",
    filtered: true,
    answers: pageOf(environmentStatus),
  }),
  "GET /v1/products/{product}/environments/{environment}": route({
    summary: "One environment.",
    right: "read",
    answers: environmentStatus,
  }),
  "GET /v1/products/{product}/environments/{environment}/services": route({
    summary: "Its services.",
    right: "read",
    answers: pageOf(serviceStatus),
  }),
  "GET /v1/products/{product}/environments/{environment}/services/{service}": route({
    summary: "One service.",
    right: "read",
    answers: serviceStatus,
  }),
  "GET /v1/products/{product}/environments/{environment}/revisions": route({
    summary: "What was built for it, the newest first.",
    right: "read",
    answers: pageOf(revision),
  }),
  "GET /v1/products/{product}/events": route({
    summary: "The log, the newest first.",
    right: "read",
    filtered: true,
    query: z.object({
      ...paging,
      environment: environmentName.optional(),
      run: z.string().max(200).optional(),
      kinds: listed.meta({ description: "`release` for all that begin with `release.`" }),
    }),
    answers: pageOf(event),
  }),
  "GET /v1/events/stream": route({
    summary: "Events as they happen (server-sent events). `Last-Event-ID` goes on after one that was seen.",
    right: "read",
    filtered: true,
    streams: true,
    query: z.object({
      product: productName.optional(),
      environment: environmentName.optional(),
      after: z
        .string()
        .regex(/^\d{1,18}$/)
        .optional()
        .meta({ description: "as Last-Event-ID; without either: from now on" }),
    }),
    answers: event,
  }),
};
