/** What a service printed of one of its own requests. */
type RequestLine = { readonly path: string; readonly status: number };

/** Longer lines are of something else: they are kept unread. */
const mostCharacters = 16_384;
const pathKey = /"(?:path|url|uri|url\.path|http\.target|requestUrl)"\s*:\s*"/;

/**
 * The request that a line is about, where the line is a JSON document that says its path and how it was answered: with fields of its
 * own, as OpenTelemetry's conventions name them, with pino's `req` and `res`, or with Google's `httpRequest`.
 */
export function requestOfLine(line: string): RequestLine | undefined {
  if (!line.startsWith("{") || line.length > mostCharacters || !pathKey.test(line)) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  const own = recordOf(value);
  const [asked, answered, google] = [recordOf(own["req"]), recordOf(own["res"]), recordOf(own["httpRequest"])];
  const said = [own["path"], own["url.path"], own["http.target"], own["url"], own["uri"], asked["url"], google["requestUrl"]];
  const status = [
    own["status"],
    own["status_code"],
    own["statusCode"],
    own["http.response.status_code"],
    own["http.status_code"],
    answered["statusCode"],
    google["status"],
  ];
  const path = said.find((one) => typeof one === "string");
  const code = Number(status.find((one) => typeof one === "number" || typeof one === "string"));
  return path === undefined || !Number.isInteger(code) ? undefined : { path: pathOf(path), status: code };
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

/** Of a path with a query, or of a whole URL. */
function pathOf(said: string): string {
  const path = said.replace(/^https?:\/\/[^/?#]*/i, "").split(/[?#]/, 1)[0] ?? "";
  return path === "" ? "/" : path;
}
