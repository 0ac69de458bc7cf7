import { type AwsAccess, awsOfEnvironment, callAws, encode } from "./aws-request.ts";
import { HttpError } from "./http-error.ts";

export type Bucket = {
  readonly put: (key: string, body: Buffer) => Promise<void>;
  readonly get: (key: string) => Promise<Buffer | undefined>;
  readonly remove: (key: string) => Promise<void>;
};

/** A bucket by the S3 protocol, path style, where the environment names one. `name` may be a whole address that ends in the name. */
export function bucketOfEnvironment(name: string | undefined): Bucket | undefined {
  const aws = awsOfEnvironment();
  const short = name?.replace(/\/+$/, "").split("/").at(-1);
  return aws && short ? createBucket(`${aws.endpoint}/${short}`, aws) : undefined;
}

export function createBucket(address: string, access: AwsAccess): Bucket {
  const url = (key: string): string => `${address}/${key.split("/").map(encode).join("/")}`;
  const ask = async (method: string, key: string, body?: Buffer): Promise<Response> => {
    const response = await callAws({ service: "s3", method, url: url(key), ...(body ? { body } : {}) }, access);
    if (response.ok || response.status === 404) return response;
    throw new HttpError(503, "bucket-away", `the bucket answered ${response.status}`);
  };
  return {
    put: async (key, body) => {
      const { status } = await ask("PUT", key, body);
      if (status === 404) throw new HttpError(503, "bucket-away", "there is no such bucket");
    },
    get: async (key) => {
      const response = await ask("GET", key);
      return response.status === 404 ? undefined : Buffer.from(await response.arrayBuffer());
    },
    remove: async (key) => void (await ask("DELETE", key)),
  };
}
