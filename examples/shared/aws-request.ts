// Signature Version 4 (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
import { createHash, createHmac } from "node:crypto";
import { call } from "./call.ts";

export type AwsRequest = {
  readonly service: "s3" | "kms";
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
};
export type AwsAccess = { readonly keyId: string; readonly secret: string; readonly region: string };

/** Where the cloud's own stores answer here, and with which key; undefined where there are none. */
export function awsOfEnvironment(): (AwsAccess & { readonly endpoint: string }) | undefined {
  const {
    AWS_ENDPOINT_URL: endpoint,
    AWS_ACCESS_KEY_ID: keyId,
    AWS_SECRET_ACCESS_KEY: secret,
    AWS_REGION: region = "us-east-1",
  } = process.env;
  return endpoint && keyId && secret ? { endpoint: endpoint.replace(/\/$/, ""), keyId, secret, region } : undefined;
}

export function callAws(request: AwsRequest, access: AwsAccess): Promise<Response> {
  const { method, url, body } = request;
  return call(url, { method, headers: signedHeaders(request, access, new Date()), ...(body ? { body } : {}) });
}

export function signedHeaders(request: AwsRequest, access: AwsAccess, now: Date): Record<string, string> {
  const { service, method, url, body = Buffer.alloc(0) } = request;
  const { host, pathname, searchParams } = new URL(url);
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, "");
  const date = time.slice(0, 8);
  const payload = createHash("sha256").update(body).digest("hex");
  const headers: Record<string, string> = { ...request.headers, host, "x-amz-date": time, "x-amz-content-sha256": payload };
  const names = Object.keys(headers)
    .map((name) => name.toLowerCase())
    .toSorted();
  const lines = names.map((name) => `${name}:${(headers[name] ?? "").trim()}\n`).join("");
  const query = [...searchParams]
    .map(([key, value]) => `${encode(key)}=${encode(value)}`)
    .toSorted()
    .join("&");
  const canonical = [method, pathname, query, lines, names.join(";"), payload].join("\n");
  const scope = `${date}/${access.region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", time, scope, createHash("sha256").update(canonical).digest("hex")].join("\n");
  const key = [date, access.region, service, "aws4_request"].reduce<string | Buffer>(
    (from, part) => hmac(from, part),
    `AWS4${access.secret}`,
  );
  const signature = hmac(key, toSign).toString("hex");
  const { host: _, ...sent } = headers;
  return {
    ...sent,
    authorization: `AWS4-HMAC-SHA256 Credential=${access.keyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`,
  };
}

function hmac(key: string | Buffer, data: string): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

export function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}
