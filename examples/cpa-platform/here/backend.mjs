import { serve } from "./serve.mjs";

// Stands in for the Axum backend: its health path, and lists that are empty until there is a database behind it.
serve({
  "GET /api/v1/health": () => ({ status: "ok", version: process.env.VERSION ?? "here" }),
  "GET /api/v1/documents": () => ({ documents: [] }),
  "GET /api/v1/invoices": () => ({ invoices: [] }),
});
