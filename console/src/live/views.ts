import type { AnswerOf } from "../../../src/api/route.ts";
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
