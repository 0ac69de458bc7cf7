import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { expect, test } from "vitest";
import { type Key, claimsOf, partsOf } from "./verify.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2_048 });
const weak = generateKeyPairSync("rsa", { modulusLength: 1_024 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const other = generateKeyPairSync("ec", { namedCurve: "P-384" });
const keys: readonly Key[] = [
  { ...rsa.publicKey.export({ format: "jwk" }), kid: "rsa", alg: "RS256", use: "sig" },
  { ...weak.publicKey.export({ format: "jwk" }), kid: "weak" },
  { ...ec.publicKey.export({ format: "jwk" }), kid: "ec" },
  { ...other.publicKey.export({ format: "jwk" }), kid: "p384" },
  { ...rsa.publicKey.export({ format: "jwk" }), kid: "encrypts", use: "enc" },
  { kty: "oct", k: "c2VjcmV0", kid: "oct" },
  { ...ec.publicKey.export({ format: "jwk" }), kid: "twice" },
  { ...ec.publicKey.export({ format: "jwk" }), kid: "twice" },
];
const nowMs = 1_700_000_000_000;
const claims = { iss: "https://forge", aud: "gantry", sub: "repo:a/b", iat: nowMs / 1_000 - 5, exp: nowMs / 1_000 + 300 };
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

function jwt(header: object, more: object = {}, signed: (text: string) => Buffer = byEc): string {
  const text = `${part(header)}.${part({ ...claims, ...more })}`;
  return `${text}.${signed(text).toString("base64url")}`;
}
const byEc = (text: string) => sign("sha256", Buffer.from(text), { key: ec.privateKey, dsaEncoding: "ieee-p1363" });
const byRsa = (text: string) => sign("sha256", Buffer.from(text), rsa.privateKey);
const read = (token: string) => {
  const parts = partsOf(token);
  return parts && claimsOf(parts, { issuer: "https://forge", audience: "gantry", keys, nowMs });
};
const ecHead = { alg: "ES256", kid: "ec" };

test.each([
  ["ES256", jwt(ecHead)],
  ["RS256", jwt({ alg: "RS256", kid: "rsa" }, {}, byRsa)],
  ["an audience among others", jwt(ecHead, { aud: ["x", "gantry"] })],
  ["a clock that is a little behind", jwt(ecHead, { iat: nowMs / 1_000 + 30 })],
])("%s is believed", (_, token) => {
  expect(read(token)).toMatchObject({ subject: "repo:a/b", issuer: "https://forge" });
});

const rsaPem = rsa.publicKey.export({ type: "spki", format: "pem" });
test.each([
  ["no algorithm", `${part({ alg: "none", kid: "ec" })}.${part(claims)}.`],
  ["no algorithm, and a signature", jwt({ alg: "none", kid: "ec" })],
  [
    "a public key taken for a shared secret",
    jwt({ alg: "HS256", kid: "rsa" }, {}, (text) => createHmac("sha256", rsaPem).update(text).digest()),
  ],
  [
    "a shared secret from the set",
    jwt({ alg: "HS256", kid: "oct" }, {}, (text) => createHmac("sha256", "secret").update(text).digest()),
  ],
  ["an algorithm that is not its key's", jwt({ alg: "RS256", kid: "ec" }, {}, byRsa)],
  ["a curve that is not its algorithm's", jwt({ alg: "ES256", kid: "p384" })],
  [
    "a key that is too short",
    jwt({ alg: "RS256", kid: "weak" }, {}, (text) => sign("sha256", Buffer.from(text), weak.privateKey)),
  ],
  ["a key that is for something else", jwt({ alg: "RS256", kid: "encrypts" }, {}, byRsa)],
  ["a name that two keys have", jwt({ alg: "ES256", kid: "twice" })],
  ["a key that nobody knows", jwt({ alg: "ES256", kid: "new" })],
  ["no name of a key", jwt({ alg: "ES256" })],
  ["something that has to be understood", jwt({ ...ecHead, crit: ["x"] })],
  ["a signature as DER", jwt(ecHead, {}, (text) => sign("sha256", Buffer.from(text), ec.privateKey))],
  ["no signature", jwt(ecHead, {}, () => Buffer.alloc(0))],
  ["zeros for a signature", jwt(ecHead, {}, () => Buffer.alloc(64))],
  ["another issuer", jwt(ecHead, { iss: "https://forge/" })],
  ["another audience", jwt(ecHead, { aud: "gantry2" })],
  ["an audience that is an object", jwt(ecHead, { aud: { gantry: true } })],
  ["no end", jwt(ecHead, { exp: undefined })],
  ["an end that is text", jwt(ecHead, { exp: "9999999999" })],
  ["an end that has come", jwt(ecHead, { iat: nowMs / 1_000 - 600, exp: nowMs / 1_000 - 61 })],
  ["a beginning that has not", jwt(ecHead, { nbf: nowMs / 1_000 + 120 })],
  ["a life of a year", jwt(ecHead, { exp: nowMs / 1_000 + 31_536_000 })],
  ["nobody it is about", jwt(ecHead, { sub: "" })],
  ["somebody it is about who is a list", jwt(ecHead, { sub: ["repo:a/b"] })],
  ["another payload under the signature", jwt(ecHead).replace(/\.[^.]+\./, `.${part({ ...claims, sub: "repo:a/c" })}.`)],
  ["a fourth part", `${jwt(ecHead)}.x`],
  ["more than it can be", jwt(ecHead, { pad: "x".repeat(9_000) })],
])("%s is not believed", (_, token) => {
  expect(read(token)).toBeUndefined();
});
