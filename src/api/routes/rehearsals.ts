import { route } from "../route.ts";
import { done } from "../schema/operate.ts";
import { rehearsal, rehearsalAsked, rehearsalLine } from "../schema/rehearsal.ts";
import { pageOf } from "../schema/words.ts";

const of = "/v1/products/{product}/environments/{environment}/rehearsals" as const;

export const rehearsalRoutes = {
  [`GET ${of}` as const]: route({
    summary: "The last twenty rehearsals of an environment's policy, the newest first.",
    right: "read",
    answers: pageOf(rehearsalLine),
  }),
  [`POST ${of}` as const]: route({
    summary:
      "Rehearses releases under the policy of the environment as it is up: on a virtual clock, nothing that runs is touched.",
    right: "release",
    body: rehearsalAsked,
    answers: rehearsalLine,
    status: 202,
  }),
  [`GET ${of}/{id}` as const]: route({
    summary: "One rehearsal: how far it is, and what came of it.",
    right: "read",
    answers: rehearsal,
  }),
  [`DELETE ${of}/{id}` as const]: route({
    summary: "Stops a rehearsal that is going on: what was rehearsed until then stays. One that has ended is forgotten.",
    right: "release",
    answers: done,
  }),
};
