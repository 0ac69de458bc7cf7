import { randomUUID } from "node:crypto";
import { serve } from "./serve.mjs";

// Stands in for the FastAPI service: the routes that the spec names, over a list in memory.
const documents = [{ id: "first", name: "First steps.pdf", state: "reviewed" }];
const runs = new Map();

serve({
  "GET /health": () => ({
    status: "ok",
    configured: ["DATABASE_URL", "REDIS_HOST", "KMS_KEY_ID"].filter((name) => process.env[name]),
  }),
  "GET /api/documents": () => documents,
  "POST /api/documents": () => {
    const [id, run] = [randomUUID(), randomUUID()];
    documents.push({ id, name: `${id}.pdf`, state: "waiting" });
    runs.set(run, { document: id, since: Date.now() });
    return { id, run };
  },
  "GET /api/progress/*": (run) => {
    const found = runs.get(run);
    if (!found) return { run, state: "unknown" };
    const done = Math.min(1, (Date.now() - found.since) / 10_000);
    return { run, document: found.document, state: done < 1 ? "running" : "done", done };
  },
  "GET /api/integrations/*": (name) => ({ integration: name || "all", phase: process.env.INTEGRATIONS_PHASE ?? "off" }),
});
