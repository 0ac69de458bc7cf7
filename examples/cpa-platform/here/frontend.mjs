import { serve } from "./serve.mjs";

// Stands in for the Next.js frontend: one page that says where the API is.
const page = `<!doctype html><title>CPA platform</title><h1>CPA platform</h1><p>API: ${encodeURI(process.env.API_URL ?? "not set")}</p>`;
serve({ "GET /": () => page });
