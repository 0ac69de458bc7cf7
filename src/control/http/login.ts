import { Hono } from "hono";
import { notePage, pageHeaders } from "./page.ts";
import type { Sessions } from "./sessions.ts";

/** Coming in by a link that is good once, and leaving. */
export function loginRoutes(sessions: Sessions): Hono {
  const app = new Hono();
  app.get("/login/:token", async (context) => {
    // Whoever only looks what is there uses nothing up.
    if (context.req.method !== "GET") return context.body(null, 405, { ...pageHeaders, allow: "GET" });
    if (await sessions.enter(context, context.req.param("token")))
      return context.body("", 303, { ...pageHeaders, location: "/" });
    const says = "This link was used, or is too old: each is good once, for five minutes. gantry open --console makes a new one.";
    return context.body(notePage("Not any more", says), 410, pageHeaders);
  });
  app.post("/logout", async (context) => {
    await sessions.leave(context);
    return context.body(null, 204, pageHeaders);
  });
  return app;
}
