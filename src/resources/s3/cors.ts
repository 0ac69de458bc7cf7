import type { BucketConfig } from "../../wire/resources.ts";
import { answer, header, type Exchange } from "../http/exchange.ts";

/** What a page of another origin may read and send, where the bucket names that origin. */
export function corsHeaders(exchange: Exchange, config: BucketConfig | undefined): Record<string, string> {
  const origin = header(exchange, "origin");
  const origins = config?.corsOrigins ?? [];
  if (origin === undefined || !(origins.includes(origin) || origins.includes("*"))) return {};
  return {
    "access-control-allow-origin": origin,
    "access-control-expose-headers": "etag, x-amz-version-id, x-amz-request-id, content-range, content-length",
    vary: "origin",
  };
}

export function answerPreflight(exchange: Exchange, config: BucketConfig | undefined): void {
  exchange.api = "s3:Preflight";
  const headers = corsHeaders(exchange, config);
  if (Object.keys(headers).length === 0)
    return answer(exchange, 403, { "content-type": "text/plain" }, "this bucket is not for this origin\n");
  answer(
    exchange,
    204,
    {
      ...headers,
      "access-control-allow-methods": "GET, HEAD, PUT, POST, DELETE",
      "access-control-allow-headers": (header(exchange, "access-control-request-headers") ?? "").replace(/[^\w, -]/g, ""),
      "access-control-max-age": "600",
    },
    "",
  );
}
