import { serve } from "./serve.mjs";

// Stands in for the Next.js pages.
const page = (title, text) => `<!doctype html><html lang="en"><title>${title}</title><h1>${title}</h1><p>${text}</p></html>\n`;

serve({
  "GET /health": () => ({ status: "ok" }),
  "GET /": () => page("ByteReview", "Documents in, reviews out."),
  "GET /automations/*": () => page("Automations", "Here only while AUTOMATIONS_UI is on."),
});
