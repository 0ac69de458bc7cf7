import type { ResourceAccess, ResourcePrincipal } from "../../wire/resources.ts";
import { answer, type Exchange } from "../http/exchange.ts";
import type { Signature } from "../sigv4.ts";
import type { Bucket } from "./bucket.ts";
import { writeXml, type Xml } from "./xml.ts";

/** One call of S3 that is known to be signed. */
export type Call = {
  readonly exchange: Exchange;
  readonly principal: ResourcePrincipal;
  readonly signature: Signature;
  readonly bucketName: string;
  readonly key: string;
  readonly query: ReadonlyMap<string, string>;
  /** The bucket, when this service may do this with it. */
  readonly bucket: (access?: ResourceAccess) => Promise<Bucket>;
  /** Another one: the source of a copy. */
  readonly otherBucket: (name: string, access: ResourceAccess) => Promise<Bucket>;
};

export type S3Operation = (call: Call) => Promise<void>;

export function answerXml({ exchange }: Call, xml: Xml, headers: Readonly<Record<string, string>> = {}): void {
  answer(exchange, 200, { "content-type": "application/xml", ...headers }, writeXml(xml));
}

export function answerEmpty({ exchange }: Call, status: number, headers: Readonly<Record<string, string>> = {}): void {
  answer(exchange, status, headers, "");
}
