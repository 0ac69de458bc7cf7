import { awsOfEnvironment, callAws } from "./aws-request.ts";
import { HttpError } from "./http-error.ts";

export type Key = {
  /** The context is bound to what is encrypted: with another it does not open. */
  readonly encrypt: (text: string, context: Readonly<Record<string, string>>) => Promise<string>;
  readonly decrypt: (sealed: string, context: Readonly<Record<string, string>>) => Promise<string>;
};

/** A key of the key service, where the environment names one. */
export function keyOfEnvironment(id: string | undefined): Key | undefined {
  const aws = awsOfEnvironment();
  if (!aws || !id) return undefined;
  const ask = async (action: string, body: object): Promise<Record<string, string>> => {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `TrentService.${action}` };
    const request = {
      service: "kms",
      method: "POST",
      url: `${aws.endpoint}/`,
      headers,
      body: Buffer.from(JSON.stringify(body)),
    } as const;
    const response = await callAws(request, aws);
    if (!response.ok) throw new HttpError(503, "key-away", `the key service answered ${response.status} to ${action}`);
    return (await response.json()) as Record<string, string>;
  };
  return {
    encrypt: async (text, context) => {
      const given = { KeyId: id, Plaintext: Buffer.from(text).toString("base64"), EncryptionContext: context };
      return (await ask("Encrypt", given))["CiphertextBlob"] ?? "";
    },
    decrypt: async (sealed, context) => {
      const given = { KeyId: id, CiphertextBlob: sealed, EncryptionContext: context };
      return Buffer.from((await ask("Decrypt", given))["Plaintext"] ?? "", "base64").toString("utf8");
    },
  };
}
