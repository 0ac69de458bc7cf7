import { z } from "zod";
import { route } from "../route.ts";
import { back, begin, begun, command, release, releaseId, releaseLine, said, wentBack } from "../schema/release.ts";
import { environmentName, pageOf, paging } from "../schema/words.ts";

const of = "/v1/products/{product}/environments/{environment}/releases" as const;

export const releaseRoutes = {
  "GET /v1/products/{product}/releases": route({
    summary: "Releases of a product, the newest first.",
    right: "read",
    filtered: true,
    query: z.object({
      ...paging,
      environment: environmentName.optional(),
      unfinished: z.enum(["true", "false"]).optional(),
      whole: z.enum(["true", "false"]).optional().meta({ description: "each with all that it holds" }),
    }),
    answers: pageOf(releaseLine.loose()),
  }),
  "GET /v1/products/{product}/release": route({
    summary:
      "The release that is meant: by its name or how that begins, or what an environment is about: what is under way, else the newest.",
    right: "read",
    filtered: true,
    query: z.object({ id: releaseId.optional(), environment: environmentName.optional() }),
    answers: release,
  }),
  [`POST ${of}` as const]: route({
    summary: "Begins a release of services: with `dryRun` only says what it would do, and what its gates would say now.",
    right: "release",
    body: begin,
    answers: begun,
  }),
  [`GET ${of}/{release}` as const]: route({
    summary:
      "One release: its plan, where it stands, what its gates say, whom it waits for, and the verbs that would do something now.",
    right: "read",
    answers: release,
  }),
  [`POST ${of}/{release}/commands` as const]: route({
    summary: "Says something to a release: promote, pause, resume, abort, retry, skip, approve, reject, rollback.",
    // Approving wants `approve`, all else `operate`: see `rightOfVerb`.
    right: "read",
    body: command,
    answers: said,
  }),
  "POST /v1/products/{product}/environments/{environment}/rollback": route({
    summary: "Goes back to what served before, with its configuration; what is on its way is taken back.",
    right: "operate",
    body: back,
    answers: wentBack,
  }),
};
