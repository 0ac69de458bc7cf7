import type { AnswerOf } from "../../../src/api/route.ts";
import type { Routes } from "../../../src/api/routes.ts";

// What is shown, as the table of routes says that it is answered.

export type EnvironmentStatus = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}"]>;
export type ReleaseView = AnswerOf<Routes["GET /v1/products/{product}/environments/{environment}/releases/{release}"]>;
export type ReleaseLine = AnswerOf<Routes["GET /v1/products/{product}/releases"]>["items"][number];
export type EventView = AnswerOf<Routes["GET /v1/events/stream"]>;
