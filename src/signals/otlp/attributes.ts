import { listOf, numberOf, recordOf, textOf } from "./loose.ts";
import type { Loose } from "./protobuf.ts";

export type Attribute = string | number | boolean;
export type Attributes = Readonly<Record<string, Attribute>>;

const most = 64;
const mostLength = 2_048;
const mostDeep = 8;

/**
 * The attributes of a record, so many and so long as are kept. Those of `first` are kept whatever else there is: what a product's
 * baggage carries from service to service.
 */
export function attributesOf(from: Loose, first: readonly string[] = []): Attributes {
  const given = listOf(from, "attributes");
  const wanted = given.length > most ? given.toSorted((a, b) => rank(a, first) - rank(b, first)) : given;
  const kept = wanted.slice(0, most).flatMap((one): [string, Attribute][] => {
    const key = textOf(one, "key").slice(0, 256);
    const value = valueOf(recordOf(one, "value"), 0);
    return key === "" || value === undefined ? [] : [[key, typeof value === "object" ? cut(JSON.stringify(value)) : value]];
  });
  return Object.fromEntries(kept);
}

function rank(one: Loose, first: readonly string[]): number {
  return first.includes(textOf(one, "key")) ? 0 : 1;
}

/** What a record says as text. */
export function bodyOf(value: Loose): string {
  const body = valueOf(value, 0);
  return body === undefined ? "" : typeof body === "object" ? JSON.stringify(body) : String(body);
}

type Value = Attribute | readonly Value[] | { readonly [key: string]: Value };

function valueOf(value: Loose, depth: number): Value | undefined {
  if (depth > mostDeep) return "…";
  if (typeof value["stringValue"] === "string") return cut(value["stringValue"]);
  if (typeof value["boolValue"] === "boolean") return value["boolValue"];
  if (value["intValue"] !== undefined) {
    const number = numberOf(value, "intValue");
    return number !== undefined && Number.isSafeInteger(number) ? number : cut(String(value["intValue"]));
  }
  if (value["doubleValue"] !== undefined) return finite(numberOf(value, "doubleValue"));
  if (value["arrayValue"] !== undefined)
    return listOf(recordOf(value, "arrayValue"), "values")
      .slice(0, most)
      .map((one) => valueOf(one, depth + 1) ?? "");
  if (value["kvlistValue"] !== undefined)
    return Object.fromEntries(
      listOf(recordOf(value, "kvlistValue"), "values")
        .slice(0, most)
        .map((one) => [textOf(one, "key").slice(0, 256), valueOf(recordOf(one, "value"), depth + 1) ?? ""]),
    );
  const bytes = value["bytesValue"];
  if (typeof bytes === "string") return cut(bytes);
  return bytes instanceof Uint8Array ? cut(Buffer.from(bytes.subarray(0, mostLength)).toString("base64")) : undefined;
}

/** JSON has no word for the others. */
function finite(number: number | undefined): Attribute | undefined {
  return number === undefined || Number.isFinite(number) ? number : String(number);
}

function cut(text: string): string {
  return text.length <= mostLength ? text : `${text.slice(0, mostLength)}…`;
}

/** Who sent it. */
export type Sender = { readonly service: string; readonly revision: string; readonly replica: string };

export function senderOf(attributes: Attributes): Sender {
  const text = (...names: readonly string[]) => {
    const found = names.map((name) => attributes[name]).find((one) => one !== undefined && one !== "");
    return found === undefined ? "" : String(found).slice(0, 200);
  };
  return {
    service: text("service.name") || "unknown_service",
    revision: text("gantry.revision", "service.version"),
    replica: text("gantry.replica", "service.instance.id"),
  };
}
