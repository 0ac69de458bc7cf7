import type { AnswerOf, Given } from "../../../src/api/route.ts";
import type { Routes } from "../../../src/api/routes.ts";

// What is shown, as the table of routes says that it is answered.

export type EnvironmentStatus = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}"]>;
export type ReleaseView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/releases/{release}"]>;
export type ReleaseLine = AnswerOf<Routes["GET /v1/products/{product}/releases"]>["items"][number];
export type EventView = AnswerOf<Routes["GET /v1/events/stream"]>;
export type AlertView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/alerts"]>["items"][number];
export type LoggedLine = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/logs"]>["items"][number];
export type TraceView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/traces/{trace}"]>;
export type QueryView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/query"]>;
export type OriginsView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/spec/origins"]>;

type Rehearsals = "/v1/products/{product}/environments/{environment}/rehearsals";
export type RehearsalLine = AnswerOf<Routes[`GET ${Rehearsals}`]>["items"][number];
export type RehearsalView = AnswerOf<Routes[`GET ${Rehearsals}/{id}`]>;
export type RehearsalCase = NonNullable<RehearsalView["report"]>["cases"][number];
export type RehearsalAsked = Given<`POST ${Rehearsals}`, Routes[`POST ${Rehearsals}`]>["body"];
