import type { Answer } from "../../shared/answer.ts";
import { call } from "../../shared/call.ts";
import { forwardTo } from "../../shared/forward.ts";
import { type Html, html, page, scriptRoute, styleRoute } from "../../shared/page.ts";
import type { Request } from "../../shared/router.ts";
import { runService } from "../../shared/service.ts";
import { followProgress } from "./follow-progress.ts";
import { logAsTheDocumentAsks } from "./parts.ts";

// Stands in for the Next.js pages: rendered here, with what the API says.
logAsTheDocumentAsks();
const api = process.env["API_URL"] ?? "http://127.0.0.1:8081";

type Document = {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly sizeBytes: number;
  readonly run: string | null;
};
type Finding = { readonly page: number; readonly summary: string; readonly words: number };

/** Asks the API for the user that asks us. */
async function ask<T>(request: Request, path: string): Promise<T | undefined> {
  const uid = request.header("x-user-id");
  const response = await call(api + path, { headers: uid === undefined ? {} : { "x-user-id": uid } });
  return response.ok ? ((await response.json()) as T) : undefined;
}

const row = ({ id, name, state, sizeBytes, run }: Document): Html => html`
  <tr>
    <td><a href="/documents/${id}">${name}</a></td>
    <td class="end">${Math.max(1, Math.round(sizeBytes / 1_024))} KB</td>
    <td>
      ${
        run !== null && (state === "waiting" || state === "reading")
          ? html`<progress max="1" value="0" data-run="${run}"></progress>`
          : html`<span class="badge">${state}</span>`
      }
    </td>
  </tr>
`;

async function documentsPage(request: Request): Promise<Answer> {
  const found = await ask<{ documents: readonly Document[] }>(request, "/api/documents").catch(() => undefined);
  const list = found?.documents ?? [];
  return page(
    "ByteReview",
    html`
      <h1>ByteReview</h1>
      <p class="quiet">Documents in, reviews out.</p>
      <form class="card" id="upload">
        <input type="file" name="file" required aria-label="A document" />
        <button>Review it</button>
        <span class="quiet" role="status"></span>
      </form>
      ${found === undefined && html`<p class="card" role="alert">The API does not answer just now.</p>`}
      <table>
        <thead>
          <tr>
            <th>Document</th>
            <th class="end">Size</th>
            <th>State</th>
          </tr>
        </thead>
        <tbody>
          ${list.map(row)}
        </tbody>
      </table>
      ${found && list.length === 0 && html`<p class="quiet">Nothing here yet.</p>`}
    `,
    { script: "/progress.js" },
  );
}

async function documentPage(request: Request): Promise<Answer> {
  const path = `/api/documents/${encodeURIComponent(request.params["id"] ?? "")}`;
  const found = await ask<{ name: string; state: string; findings: readonly Finding[] }>(request, path);
  if (!found) return page("Not found", html`<h1>There is no such document</h1>`, { status: 404 });
  return page(
    found.name,
    html`
      <p><a href="/">All documents</a></p>
      <h1>${found.name}</h1>
      <p><span class="badge">${found.state}</span></p>
      ${found.findings.map(
        ({ page: number, summary, words }) => html`
          <section class="card">
            <h2>Page ${number}</h2>
            <p>${summary}</p>
            <p class="quiet">${words} words</p>
          </section>
        `,
      )}
    `,
  );
}

/** Behind the flag AUTOMATIONS_UI, which gates these routes. */
function automationsPage(): Answer {
  const open = process.env["AUTOMATIONS_UI"] === "true" || process.env["AUTOMATIONS_UI"] === "on";
  const text = open ? "Review what arrives in a folder, by itself." : "Automations are not open to you yet.";
  return page(
    "Automations",
    html`<h1>Automations</h1>
      <p>${text}</p>`,
    { status: open ? 200 : 404 },
  );
}

runService({
  health: { live: "/health" },
  routes: {
    ...styleRoute,
    ...scriptRoute("/progress.js", followProgress),
    "GET /": documentsPage,
    "GET /documents/:id": documentPage,
    "GET /automations": automationsPage,
    "GET /automations/*": automationsPage,
    // The browser asks where the page came from; the API is behind it.
    "* /api/*": forwardTo(api),
  },
});
