import { z } from "zod";
import { route } from "../route.ts";
import { acknowledged, done, named, silenceAsked } from "../schema/operate.ts";
import { alert, dashboard, logLine, notice, queryAnswer, savedLines, silence, slo, telemetry, trace } from "../schema/signals.ts";
import { pageOf, serviceName } from "../schema/words.ts";

const at = "/v1/products/{product}/environments/{environment}" as const;
const ms = (most: number) => z.coerce.number().min(0).max(most);
const latestMs = 8_640_000_000_000_000;

export const watchingRoutes = {
  [`GET ${at}/alerts` as const]: route({ summary: "Alerts, with what each found.", right: "read", answers: pageOf(alert) }),
  [`POST ${at}/alerts/{id}/acknowledgements` as const]: route({
    summary: "Says that somebody has it in hand; `id` is the fingerprint of what fires.",
    right: "operate",
    body: acknowledged,
    answers: done,
  }),
  [`GET ${at}/silences` as const]: route({
    summary: "Who is told nothing of what, and until when.",
    right: "read",
    answers: pageOf(silence),
  }),
  [`POST ${at}/silences` as const]: route({
    summary: "Tells nobody of an alert for a while.",
    right: "operate",
    body: silenceAsked,
    answers: silence,
  }),
  [`DELETE ${at}/silences/{id}` as const]: route({ summary: "Ends a silence.", right: "operate", answers: done }),
  [`GET ${at}/slos` as const]: route({
    summary: "Promises, and how much of their budget is left.",
    right: "read",
    answers: pageOf(slo),
  }),
  [`GET ${at}/notices` as const]: route({
    summary: "What people were told, and what became of it.",
    right: "read",
    answers: pageOf(notice),
  }),
  [`POST ${at}/channels/{name}/test` as const]: route({
    summary: "Sends a notice through a channel, as an alert would, and waits for what becomes of it.",
    right: "operate",
    body: named,
    answers: z.looseObject({ ok: z.boolean(), said: z.string() }),
  }),
  [`GET ${at}/saved-lines` as const]: route({
    summary: "How many log lines the exclusions of the spec have left out.",
    right: "read",
    answers: savedLines,
  }),
  [`GET ${at}/telemetry` as const]: route({
    summary: "How much of what is measured is kept, and what is not watched.",
    right: "read",
    answers: telemetry,
  }),
  [`GET ${at}/dashboards` as const]: route({
    summary: "The dashboards of the spec, drawn over the last so many milliseconds.",
    right: "read",
    query: z.object({ rangeMs: ms(31 * 86_400_000).default(900_000) }),
    answers: pageOf(dashboard),
  }),
  [`GET ${at}/query` as const]: route({
    summary: "Evaluates PromQL over what was measured: at one moment, or over a range with a value each step.",
    right: "read",
    query: z.object({
      expr: z.string().min(1).max(10_000),
      atMs: ms(latestMs).optional(),
      rangeMs: ms(31 * 86_400_000).optional(),
      stepMs: z.coerce.number().min(100).max(86_400_000).optional(),
    }),
    answers: queryAnswer,
  }),
  [`GET ${at}/logs` as const]: route({
    summary: "What services printed, the newest so many, in the order of time.",
    right: "read",
    query: z.object({
      service: serviceName.optional(),
      requests: z.enum(["true", "false"]).optional(),
      trace: z
        .string()
        .regex(/^[0-9a-f]{1,32}$/)
        .optional(),
      sinceMs: ms(latestMs).optional(),
      untilMs: ms(latestMs).optional(),
      level: z.enum(["debug", "info", "warn", "error"]).optional(),
      text: z.string().min(1).max(500).optional(),
      limit: z.coerce.number().int().min(1).max(2_000).default(200),
    }),
    answers: pageOf(logLine),
  }),
  [`GET ${at}/traces/{trace}` as const]: route({ summary: "One request through all services.", right: "read", answers: trace }),
};
