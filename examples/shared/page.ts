import { Answer, plain } from "./answer.ts";

/** Text that is HTML already. Everything else is escaped. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = Html | string | number | undefined | false | readonly Part[];

/** html`<p>${anything}</p>`: what is put in is text, however it looks. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => text + render(parts[index])).join(""));
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Html) return part.text;
  if (typeof part === "object") return part.map(render).join("");
  return String(part).replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}

/** Scripts and styles come from the service's own files, and nothing else runs in the page. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export function page(title: string, content: Html, options: { readonly status?: number; readonly script?: string } = {}): Answer {
  const { status = 200, script } = options;
  const text = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title}</title>
        <link rel="stylesheet" href="/style.css" />
        ${script && html`<script type="module" src="${script}"></script>`}
      </head>
      <body>
        ${content}
      </body>
    </html> `;
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": policy,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "no-store",
  };
  return new Answer(status, headers, text.text);
}

export const styleRoute = { "GET /style.css": () => plain(200, style, "text/css; charset=utf-8") };
export const scriptRoute = (path: string, text: string) => ({
  [`GET ${path}`]: () => plain(200, text, "text/javascript; charset=utf-8"),
});

const style = `
:root { color-scheme: light dark; --ink: #1b1f24; --quiet: #667080; --line: #d9dee5; --paper: #fbfbfa; --card: #fff; --accent: #2f5bd0 }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8eaed; --quiet: #98a2b3; --line: #353b45; --paper: #16181c; --card: #1e2126; --accent: #8aaaff }
}
* { box-sizing: border-box }
body { margin: 0 auto; max-width: 52rem; padding: 2.5rem 1.25rem; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif }
h1 { font-size: 1.6rem; margin: 0 0 .25rem } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem }
p.quiet, .quiet { color: var(--quiet) }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.25rem; margin: 1rem 0 }
table { width: 100%; border-collapse: collapse } th { text-align: left; color: var(--quiet); font-weight: 500 }
td, th { padding: .45rem .5rem; border-bottom: 1px solid var(--line) } td.end, th.end { text-align: right }
form { display: flex; gap: .6rem; flex-wrap: wrap; align-items: center }
input, select { font: inherit; padding: .4rem .6rem; border: 1px solid var(--line); border-radius: .4rem; background: transparent; color: inherit }
button { font: inherit; padding: .45rem 1rem; border: 0; border-radius: .4rem; background: var(--accent); color: var(--card); cursor: pointer }
progress { width: 100%; accent-color: var(--accent) }
.badge { font-size: .85rem; padding: .1rem .55rem; border-radius: 1rem; border: 1px solid var(--line) }
`;
