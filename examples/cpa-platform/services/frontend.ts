import { Answer } from "../../shared/answer.ts";
import { call } from "../../shared/call.ts";
import { forwardTo } from "../../shared/forward.ts";
import { html, page, styleRoute } from "../../shared/page.ts";
import type { Request } from "../../shared/router.ts";
import { runService } from "../../shared/service.ts";

// Stands in for the Next.js frontend: sign in, then the firm's documents and invoices, all rendered here.
const api = process.env["API_URL"] ?? "http://127.0.0.1:8080";

type Found = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

async function ask(path: string, token: string): Promise<Found> {
  const response = await call(api + path, { headers: { authorization: `Bearer ${token}` } });
  return { status: response.status, body: (await response.json()) as Found["body"] };
}

function tokenOf(request: Request): string | undefined {
  return /(?:^|;\s*)session=([\w.-]+)/.exec(request.header("cookie") ?? "")?.[1];
}

function signInPage(says?: string, status = 200): Answer {
  return page(
    "CPA platform",
    html`
      <h1>CPA platform</h1>
      <p class="quiet">Documents and invoices of your firm.</p>
      <form class="card" method="post" action="/session">
        <input name="email" type="email" required placeholder="Email" aria-label="Email" />
        <input name="password" type="password" required placeholder="Password" aria-label="Password" />
        <button>Sign in</button>
        ${says !== undefined && html`<span role="alert">${says}</span>`}
      </form>
    `,
    { status },
  );
}

async function homePage(request: Request): Promise<Answer> {
  const token = tokenOf(request);
  if (token === undefined) return signInPage();
  const [firm, documents, invoices] = await Promise.all(
    ["/api/v1/firm", "/api/v1/documents", "/api/v1/invoices"].map((path) => ask(path, token)),
  );
  if (!firm || firm.status === 401) return signInPage("Your session is over.");
  const papers = (documents?.body["documents"] ?? []) as readonly { name: string; state: string }[];
  const bills = (invoices?.body["invoices"] ?? []) as readonly {
    client: string;
    state: string;
    number: number | null;
    totalCents: number;
  }[];
  return page(
    "CPA platform",
    html`
      <h1>${String(firm.body["name"])}</h1>
      <h2>Invoices</h2>
      <table>
        ${bills.map(
          (one) => html`
            <tr>
              <td>${one.number ?? "–"}</td>
              <td>${one.client}</td>
              <td class="end">${(one.totalCents / 100).toFixed(2)}</td>
              <td><span class="badge">${one.state}</span></td>
            </tr>
          `,
        )}
      </table>
      <h2>Documents</h2>
      <table>
        ${papers.map(
          (one) => html`
            <tr>
              <td>${one.name}</td>
              <td><span class="badge">${one.state}</span></td>
            </tr>
          `,
        )}
      </table>
    `,
  );
}

async function signIn(request: Request): Promise<Answer> {
  const form = new URLSearchParams((await request.bytes()).toString("utf8"));
  const response = await call(`${api}/api/v1/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email: form.get("email"), password: form.get("password") }),
  });
  const { token, error } = (await response.json()) as { token?: string; error?: { message: string } };
  if (token === undefined) return signInPage(error?.message, response.status);
  // "lax": the page comes up signed in when a link leads here, and no other site can post for its user.
  return new Answer(303, { location: "/", "set-cookie": `session=${token}; Path=/; HttpOnly; SameSite=Lax; Max-Age=3600` }, "");
}

runService({
  health: { live: "/" },
  routes: { ...styleRoute, "GET /": homePage, "POST /session": signIn, "* /api/*": forwardTo(api) },
});
