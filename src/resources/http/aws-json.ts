import { createHash } from "node:crypto";
import type { ResourcePrincipal } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { limits } from "../limits.ts";
import type { Principals } from "../principals.ts";
import { verifySignature } from "../sigv4.ts";
import { answer, header, type Exchange } from "./exchange.ts";
import { parseJson, readBody } from "./read-body.ts";

// The AWS JSON protocols 1.0 and 1.1: a POST whose X-Amz-Target names the operation.

export type Operation = (input: Record<string, unknown>, caller: Caller) => Promise<object> | object;

export type Caller = { readonly principal: ResourcePrincipal; readonly exchange: Exchange };

export type AwsJsonService = {
  readonly service: "sqs" | "kms";
  readonly version: "1.0" | "1.1";
  readonly errorPrefix: string;
  readonly operations: Readonly<Record<string, Operation>>;
  /** The names that this service has for the common faults. */
  readonly codes: Readonly<Record<string, string>>;
  readonly errorHeaders?: (fault: Fault) => Readonly<Record<string, string>>;
};

export type AwsJsonOptions = { readonly principals: () => Principals; readonly clock: () => number };

export async function serveAwsJson(
  service: AwsJsonService,
  exchange: Exchange,
  { principals, clock }: AwsJsonOptions,
): Promise<void> {
  const type = `application/x-amz-json-${service.version}`;
  try {
    const name = header(exchange, "x-amz-target")?.split(".")[1] ?? "";
    const operation = Object.hasOwn(service.operations, name) ? service.operations[name] : undefined;
    exchange.api = `${service.service}:${operation ? name : "unknown"}`;
    const body = await readBody(exchange.body, limits.jsonBytes);
    const hash = createHash("sha256").update(body).digest("hex");
    const { method, path, query } = exchange;
    const { principal, payload } = verifySignature(
      { method, path, query, headers: exchange.request.headers },
      { service: service.service, now: clock(), principalOf: principals().byAccessKey, bodyHash: hash },
    );
    if (payload !== hash) throw new Fault("SignatureDoesNotMatch", 403, "the body is not the one that was signed");
    if (!operation) throw new Fault("UnknownOperationException", 400, "this machine does not have this operation");
    const input = parseJson(body, () => new Fault("SerializationException", 400, "the body is no JSON object"));
    const output = await operation(input, { principal, exchange });
    answer(exchange, 200, { "content-type": type, "x-amzn-requestid": exchange.id }, JSON.stringify(output));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const code = service.codes[error.code] ?? error.code;
    answer(
      exchange,
      error.status,
      { "content-type": type, "x-amzn-requestid": exchange.id, ...error.headers, ...service.errorHeaders?.(error) },
      JSON.stringify({ __type: `${service.errorPrefix}${code}`, message: error.message, Message: error.message }),
    );
  }
}
