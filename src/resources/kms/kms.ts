import { randomBytes } from "node:crypto";
import { Fault } from "../fault.ts";
import type { AwsJsonService, Operation } from "../http/aws-json.ts";
import { fieldsOf, type Fields } from "../http/fields.ts";
import { limits } from "../limits.ts";
import { keyOfCiphertext, type EncryptionContext } from "./key-ring.ts";
import type { Keys, NamedKey } from "./keys.ts";

// AWS KMS, symmetric keys. https://docs.aws.amazon.com/kms/latest/APIReference/

export function createKms(keys: Keys): AwsJsonService {
  const dataKey =
    (withPlain: boolean): Operation =>
    async (input, { principal }) => {
      const fields = read(input);
      const { config, ring } = await keys.use(principal, fields.text("KeyId"), "encrypt");
      const plain = randomBytes(dataKeyBytes(fields));
      const sealed = ring.encrypt(plain, contextOf(fields, "EncryptionContext"));
      return {
        CiphertextBlob: sealed.toString("base64"),
        KeyId: arnOf(config.id),
        ...(withPlain ? { Plaintext: plain.toString("base64") } : {}),
      };
    };

  const operations: Readonly<Record<string, Operation>> = {
    Encrypt: async (input, { principal }) => {
      const fields = read(input);
      const { config, ring } = await keys.use(principal, fields.text("KeyId"), "encrypt");
      const plain = bytesOf(fields, "Plaintext", limits.plaintextBytes);
      if (plain.length === 0) throw invalid("Plaintext is empty");
      const sealed = ring.encrypt(plain, contextOf(fields, "EncryptionContext"));
      return { CiphertextBlob: sealed.toString("base64"), KeyId: arnOf(config.id), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
    },
    Decrypt: async (input, { principal }) => {
      const fields = read(input);
      const sealed = bytesOf(fields, "CiphertextBlob", ciphertextBytes);
      const { config, ring } = await keys.use(principal, keyOfCiphertext(sealed), "decrypt");
      await refuseOther(fields.optionalText("KeyId"), config.id, (name) => keys.use(principal, name));
      const plain = ring.decrypt(sealed, contextOf(fields, "EncryptionContext"));
      return { Plaintext: plain.toString("base64"), KeyId: arnOf(config.id), EncryptionAlgorithm: "SYMMETRIC_DEFAULT" };
    },
    ReEncrypt: async (input, { principal }) => {
      const fields = read(input);
      const sealed = bytesOf(fields, "CiphertextBlob", ciphertextBytes);
      const source = await keys.use(principal, keyOfCiphertext(sealed), "decrypt");
      await refuseOther(fields.optionalText("SourceKeyId"), source.config.id, (name) => keys.use(principal, name));
      const target = await keys.use(principal, fields.text("DestinationKeyId"), "encrypt");
      const plain = source.ring.decrypt(sealed, contextOf(fields, "SourceEncryptionContext"));
      const again = target.ring.encrypt(plain, contextOf(fields, "DestinationEncryptionContext"));
      return { CiphertextBlob: again.toString("base64"), SourceKeyId: arnOf(source.config.id), KeyId: arnOf(target.config.id) };
    },
    GenerateDataKey: dataKey(true),
    GenerateDataKeyWithoutPlaintext: dataKey(false),
    GenerateRandom: (input) => ({
      Plaintext: randomBytes(read(input).optionalWhole("NumberOfBytes", 1, 1_024) ?? 32).toString("base64"),
    }),
    DescribeKey: async (input, { principal }) => {
      const { config, ring } = await keys.use(principal, read(input).text("KeyId"));
      return {
        KeyMetadata: {
          KeyId: config.id,
          Arn: arnOf(config.id),
          AWSAccountId: "000000000000",
          CreationDate: Date.parse(ring.createdAt()) / 1_000,
          Enabled: true,
          KeyState: "Enabled",
          KeyUsage: "ENCRYPT_DECRYPT",
          KeyManager: "CUSTOMER",
          KeySpec: "SYMMETRIC_DEFAULT",
          Origin: "AWS_KMS",
          MultiRegion: false,
          EncryptionAlgorithms: ["SYMMETRIC_DEFAULT"],
        },
      };
    },
    GetKeyRotationStatus: async (input, { principal }) => {
      const { config } = await keys.use(principal, read(input).text("KeyId"));
      return { KeyRotationEnabled: config.rotateMs !== undefined };
    },
    ListKeys: (_input, { principal }) => ({
      Keys: keys.idsFor(principal).map((id) => ({ KeyId: id, KeyArn: arnOf(id) })),
      Truncated: false,
    }),
  };
  return { service: "kms", version: "1.1", errorPrefix: "", operations, codes };
}

const codes = {
  AccessDenied: "AccessDeniedException",
  InvalidAccessKeyId: "UnrecognizedClientException",
  SignatureDoesNotMatch: "InvalidSignatureException",
  AuthorizationHeaderMalformed: "IncompleteSignatureException",
  RequestTimeTooSkewed: "InvalidSignatureException",
};

const ciphertextBytes = 6_144;

function read(input: Record<string, unknown>): Fields {
  return fieldsOf(input, invalid);
}

function invalid(what: string): Fault {
  return new Fault("ValidationException", 400, what);
}

function bytesOf(fields: Fields, name: string, most: number): Buffer {
  const text = fields.text(name);
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw invalid(`${name} must be base64`);
  const bytes = Buffer.from(text, "base64");
  if (bytes.length > most) throw invalid(`${name} is at most ${most} bytes`);
  return bytes;
}

function contextOf(fields: Fields, name: string): EncryptionContext {
  const given = fields.optionalRecord(name) ?? {};
  const entries = Object.entries(given).map(([key, value]) => {
    if (typeof value !== "string") throw invalid(`${name} must have texts only`);
    return [key, value] as const;
  });
  if (JSON.stringify(entries).length > limits.contextBytes) throw invalid(`${name} is at most ${limits.contextBytes} bytes`);
  return Object.fromEntries(entries);
}

function dataKeyBytes(fields: Fields): number {
  const bytes = fields.optionalWhole("NumberOfBytes", 1, 1_024);
  const spec = fields.optionalText("KeySpec");
  if ((bytes === undefined) === (spec === undefined)) throw invalid("either KeySpec or NumberOfBytes must be given");
  if (bytes !== undefined) return bytes;
  if (spec !== "AES_256" && spec !== "AES_128") throw invalid("KeySpec must be AES_256 or AES_128");
  return spec === "AES_256" ? 32 : 16;
}

async function refuseOther(name: string | undefined, id: string, find: (name: string) => Promise<NamedKey>): Promise<void> {
  if (name !== undefined && (await find(name)).config.id !== id)
    throw new Fault("IncorrectKeyException", 400, "the ciphertext is of another key than the one that is named");
}

function arnOf(id: string): string {
  return `arn:aws:kms:local:000000000000:key/${id}`;
}
