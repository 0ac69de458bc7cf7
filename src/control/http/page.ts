import { createHash } from "node:crypto";
import { Html, html } from "./html.ts";

const style = `
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --yes: #17703a; --no: #a3261c; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 44rem; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.4rem; line-height: 1.3; margin: 0 0 .25rem; }
h2 { font-size: 1rem; margin: 2rem 0 .5rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 1rem 0; }
dt { opacity: .7; }
dd { margin: 0; overflow-wrap: anywhere; }
ul { margin: 0; padding: 0; list-style: none; }
li { border-top: 1px solid var(--line); padding: .4rem 0; overflow-wrap: anywhere; }
time { opacity: .7; margin-right: .5rem; font-variant-numeric: tabular-nums; }
label { display: block; font-weight: 600; margin: 1rem 0 .25rem; }
input { box-sizing: border-box; width: 100%; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .3rem; }
button { font: inherit; font-weight: 600; min-height: 2.75rem; padding: 0 1.25rem; margin: 1.25rem .75rem 0 0; border-radius: .3rem; border: 2px solid; cursor: pointer; }
button.yes { background: var(--yes); border-color: var(--yes); color: #fff; }
button.no { background: transparent; border-color: var(--no); color: inherit; }
:focus-visible { outline: 3px solid #3b82f6; outline-offset: 2px; }
.said { background: var(--soft); border-left: .3rem solid var(--line); padding: .75rem 1rem; margin: 1rem 0; }
.refused { border-color: var(--no); }
`;

/** Nothing from elsewhere, no script, no frame around it; and where it leads nobody learns where one came from. */
export const pageHeaders: Readonly<Record<string, string>> = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy": `default-src 'none'; style-src 'sha256-${createHash("sha256").update(style).digest("base64")}'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'`,
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "x-robots-tag": "noindex",
  "cache-control": "no-store",
};

export function page(title: string, body: Html): string {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} · Gantry</title>
        ${new Html(`<style>${style}</style>`)}
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html> `.text;
}

export function notePage(title: string, says: string): string {
  return page(
    title,
    html`<h1>${title}</h1>
      <p class="said refused" role="alert">${says}</p>`,
  );
}
