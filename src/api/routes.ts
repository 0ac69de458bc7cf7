import { demoRoutes } from "./routes/demo.ts";
import { operateRoutes } from "./routes/operate.ts";
import { readRoutes } from "./routes/reads.ts";
import { rehearsalRoutes } from "./routes/rehearsals.ts";
import { releaseRoutes } from "./routes/releases.ts";
import { tokenRoutes } from "./routes/tokens.ts";
import { watchingRoutes } from "./routes/watching.ts";

/** Everything that the API answers. */
export const routes = {
  ...demoRoutes,
  ...readRoutes,
  ...releaseRoutes,
  ...rehearsalRoutes,
  ...operateRoutes,
  ...watchingRoutes,
  ...tokenRoutes,
};

export type Routes = typeof routes;
