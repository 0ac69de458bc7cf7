import { readFile, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { Hono } from "hono";
import { eitherWay, isWorthZipping, takesGzip, zipped, zippedOf } from "./gzip.ts";
import { html } from "./html.ts";
import { page, pageHeaders } from "./page.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".json": "application/json",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
};

const headers: Readonly<Record<string, string>> = {
  ...pageHeaders,
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
};

type Bytes = Uint8Array<ArrayBuffer>;
type Kept = { readonly body: Bytes; readonly packed: Bytes | undefined; readonly type: string; readonly forEver: boolean };

/** The console: files that were built, read once a build. Whatever is no file is a place in the page, which is the same page. */
export function consoleRoutes(folder: string): Hono {
  let build: number | undefined;
  let files: Promise<ReadonlyMap<string, Kept>> = Promise.resolve(new Map());
  const app = new Hono();
  app.get("/*", async (context) => {
    const asked = context.req.path;
    // A page that was open while the server was started anew asks for its parts first.
    if (build === undefined || !asked.startsWith("/assets/")) {
      const found = await stat(path.join(folder, "index.html")).catch(() => undefined);
      if (found !== undefined && found.mtimeMs !== build) {
        build = found.mtimeMs;
        const before = files;
        // A page that is open goes on with the parts of its own build.
        files = filesIn(folder).then(async (fresh) => new Map([...(await before), ...fresh]));
      }
    }
    const all = await files;
    const found = all.get(asked) ?? (path.extname(asked) === "" ? all.get("/index.html") : undefined);
    if (found === undefined)
      return all.size === 0 ? context.body(notBuilt(), 404, pageHeaders) : context.body(nothing(), 404, pageHeaders);
    const { packed } = found;
    const isPacked = packed !== undefined && takesGzip(context);
    return context.body(isPacked ? packed : found.body, 200, {
      ...headers,
      ...(isPacked ? zipped : eitherWay),
      "content-type": found.type,
      "cache-control": found.forEver ? "public, max-age=31536000, immutable" : "no-cache",
    });
  });
  return app;
}

async function filesIn(folder: string): Promise<ReadonlyMap<string, Kept>> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = new Map<string, Kept>();
  for (const entry of found) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const name = `/${path.relative(folder, file).split(path.sep).join("/")}`;
    const type = types[path.extname(name)];
    // Of what is built the name changes with what is in it.
    if (type === undefined) continue;
    const body = new Uint8Array(await readFile(file));
    // Pictures and fonts are small as they are.
    const packed = /text|json|svg/.test(type) && isWorthZipping(body) ? await zippedOf(body, "once") : undefined;
    files.set(name, { body, packed, type, forEver: name.startsWith("/assets/") });
  }
  return files;
}

function notBuilt(): string {
  return page(
    "No console here",
    html`<h1>No console here</h1>
      <p class="said">This Gantry was built without its console. The API is here: <a href="/openapi.json">openapi.json</a>.</p>`,
  );
}

function nothing(): string {
  return page(
    "Nothing here",
    html`<h1>Nothing here</h1>
      <p class="said refused" role="alert">There is nothing at this address.</p>`,
  );
}
