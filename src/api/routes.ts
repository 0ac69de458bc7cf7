import { demoRoutes } from "./routes/demo.ts";
import { readRoutes } from "./routes/reads.ts";
import { releaseRoutes } from "./routes/releases.ts";

/** Everything that the API answers. */
export const routes = { ...demoRoutes, ...readRoutes, ...releaseRoutes };

export type Routes = typeof routes;
