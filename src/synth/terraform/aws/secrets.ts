import { refName } from "../../../spec/derive.ts";
import { listed } from "../../../lib/text.ts";
import { type Expression, type Value, expression, quoted } from "../../text/hcl.ts";
import { variablesOf } from "../../variables.ts";
import { secretOf } from "./env.ts";
import { copierSecret, copiesMinio, minioBuckets, rootSecret, serviceKeys } from "./minio-secrets.ts";
import type { Place } from "./place.ts";
import { addressSecret, ownOf } from "./resources.ts";
import { days } from "./days.ts";

/** The place of a secret. */
export function secretArn(name: string): Expression {
  return expression(`module.secrets.arns[${quoted(name)}]`);
}

/** The secrets of the spec that something here reads, and addresses that only operation knows. */
export function secretsOf(place: Place): Value {
  return Object.fromEntries(
    [...found(place)].map(([name, { description, generated, rotateDays }]) => [
      name,
      { description, generated: generated ? true : undefined, rotate_days: rotateDays },
    ]),
  );
}

/** Those whose first value Terraform draws, or makes of what it knows. */
export function writtenSecrets(place: Place): readonly Expression[] {
  const filled = [...databaseSecrets(place), ...minioBuckets(place).flatMap(([, { urlIn }]) => refName(urlIn, "secrets") ?? [])];
  return [...found(place)].flatMap(([name, { generated }]) => (generated || filled.includes(name) ? [secretArn(name)] : []));
}

/** What is told of a database once it is made: the secret with its address, and that with its password alone. */
export function secretsOfDatabase(place: Place, name: string): { readonly url?: string; readonly password?: string } {
  const one = ownOf(place, "postgres").find(([id]) => id === name)?.[1];
  const password = refName(one?.password, "secrets");
  const url = refName(one?.urlIn, "secrets") ?? (readsAddress(place, name) ? addressSecret(name, "url") : undefined);
  return { ...(url === undefined ? {} : { url }), ...(password === undefined ? {} : { password }) };
}

function databaseSecrets(place: Place): readonly string[] {
  return ownOf(place, "postgres").flatMap(([name]) => Object.values(secretsOfDatabase(place, name)));
}

function readsAddress({ environment }: Place, name: string): boolean {
  return Object.values(environment.services).some((service) =>
    variablesOf(environment, service).some(
      (one) => one.from === "resource" && one.resource === name && (one.attribute ?? "url") === "url",
    ),
  );
}

type Secret = { readonly description: string; readonly generated: boolean; readonly rotateDays?: number | undefined };

function found(place: Place): ReadonlyMap<string, Secret> {
  const { environment } = place;
  const all = new Map<string, Secret>();
  const ofDatabases = databaseSecrets(place);
  for (const [name, one] of Object.entries(environment.secrets))
    all.set(name, {
      description: describe(place, name),
      // A database's password is drawn with the database.
      generated: one.generated === true && !ofDatabases.includes(name),
      rotateDays: one.rotate === undefined ? undefined : days(one.rotate, 90),
    });
  if (minioBuckets(place).length > 0) {
    const { access, secret } = serviceKeys(place);
    all.set(rootSecret, { description: "MinIO's administrator", generated: true });
    for (const name of [access, secret])
      if (!all.has(name)) all.set(name, { description: "What services sign in to MinIO with", generated: true });
  }
  if (copiesMinio(place)) all.set(copierSecret, { description: "What MinIO copies to the second region with", generated: true });
  for (const service of Object.values(environment.services))
    for (const one of variablesOf(environment, service)) {
      if (one.from !== "resource" || secretOf(place, one) === undefined) continue;
      const external = environment.resources[one.resource]?.external === true;
      all.set(addressSecret(one.resource, one.attribute), {
        description: external
          ? `Where ${one.resource} answers: no secret, but known only to whoever rents it`
          : `The address of ${one.resource}, with its password`,
        generated: false,
      });
    }
  return new Map([...all].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** What it is for, in words. */
function describe({ environment }: Place, name: string): string {
  const purpose = environment.secrets[name]?.purpose;
  if (purpose !== undefined) return purpose;
  const readers = Object.entries(environment.services).flatMap(([service, one]) => (one.secrets.includes(name) ? [service] : []));
  const of = Object.entries(environment.resources).find(([, one]) =>
    Object.values(one).some((value) => refName(value, "secrets") === name),
  )?.[0];
  if (readers.length === 0) return of === undefined ? "For people and their tools" : `For ${of}`;
  return `${of === undefined ? "Read" : `For ${of}, read`} by ${listed(readers)}`;
}
