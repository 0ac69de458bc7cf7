import type { Path } from "../../lib/paths.ts";
import { holdsCredential, isSecretText } from "../../lib/secrets.ts";
import { shown } from "../../lib/text.ts";
import { refName } from "../derive.ts";
import { environmentCases } from "../resolve.ts";
import { type EnvironmentContext, type ProductContext, entries } from "./context.ts";

type Data = Readonly<Record<string, unknown>>;

const accountKeys = { gcp: "project", aws: "account", azure: "subscription" } as const;

/** What is not production cannot reach production: it lives in an account of its own. */
export function checkIsolation({ product, sources, report }: ProductContext): void {
  const all = environmentCases(product).filter(({ data }) => String(data["cloud"]) in accountKeys);
  for (const { name, data, path } of all) {
    const cloud = String(data["cloud"]) as keyof typeof accountKeys;
    const key = accountKeys[cloud];
    const isolated = data["isolated"] as { from?: unknown; of?: readonly string[] } | undefined;
    const from = isolated ? refName(isolated.from, "environments") : undefined;
    if (from === name)
      report(
        "no-isolation",
        [...path, "isolated"],
        `${name} is to be isolated from itself`,
        "name the environment it has to be kept from",
      );
    for (const other of all) {
      if (other.name === name || other.data["cloud"] !== cloud || other.data[key] !== data[key]) continue;
      const threatens = other.data["production"] === true && data["production"] !== true;
      if (threatens || from === other.name)
        report(
          "no-isolation",
          [...path, key],
          `${name} lives in the same ${key} as ${other.name} (${shown(data[key])}), so nothing keeps it from ${other.data["production"] === true ? "production's" : `${other.name}'s`} data and secrets`,
          `give ${name} ${key === "account" ? "an" : "a"} ${key} of its own`,
          {
            also: [sources.placeAt(product, [...other.path, key])],
          },
        );
    }
  }
}

/** Data goes where it may go. */
export function checkData({ here, name, report }: EnvironmentContext): void {
  const look = (kind: string, anonymised: boolean, path: Path) => {
    const { onlyData } = here;
    const allowed =
      onlyData === undefined
        ? kind !== "real" || anonymised || here.production === true
        : onlyData === kind || (onlyData === "anonymised" && anonymised);
    if (allowed) return;
    const held = kind === "real" && anonymised ? "anonymised" : kind;
    if (onlyData === undefined)
      report(
        "forbidden-data",
        path,
        `${name} is not production, but holds real data`,
        "use .anonymised(), or a synthetic dataset",
      );
    else
      report(
        "forbidden-data",
        path,
        `${name} may only ever hold ${onlyData} data, and this is ${held}`,
        onlyData === "anonymised" ? "use .anonymised()" : `use a dataset made with ${onlyData}()`,
      );
  };
  const seeded = (given: unknown, path: Path) => {
    const seed = here.datasets[refName(given, "datasets") ?? ""];
    if (seed) look(seed.kind, false, path);
  };
  for (const [reset, { seeds }] of entries(here.resets)) seeded(seeds, ["resets", reset, "seeds"]);
  for (const [tenant, { provision }] of entries(here.tenants)) seeded(provision?.seed, ["tenants", tenant, "provision", "seed"]);
  const part = here.data;
  const dataset = part === undefined ? undefined : here.datasets[part.ref.slice("datasets.".length)];
  if (!part || !dataset) return;
  look(dataset.kind, "anonymised" in part, ["data"]);
}

/** In production a database can be brought back. */
export function checkBackups({ here, name, report }: EnvironmentContext): void {
  if (here.production !== true || here.managed === "elsewhere" || here.cloud === "local") return;
  for (const [resource, one] of entries(here.resources)) {
    if (one.kind !== "postgres" || one.external === true) continue;
    const { backup } = one;
    if (!backup || (backup.pitr === undefined && backup.dump === undefined))
      report(
        "no-backup",
        backup ? ["resources", resource, "backup"] : ["resources", resource],
        `${name} is production, and the database ${resource} has no backup there`,
        'add backup: { pitr: "7d", dump: "daily" }',
      );
  }
}

/** A store of data is not on the open internet. */
export function checkPublicStores({ here, report }: EnvironmentContext): void {
  for (const [resource, one] of entries(here.resources)) {
    if (!["postgres", "redis", "bucket", "search"].includes(one.kind)) continue;
    if (one.public === true)
      report(
        "public-store",
        ["resources", resource, "public"],
        `the ${one.kind} ${resource} would be open to everybody`,
        "leave public out; what the world may read is served by a service",
      );
    else if (one.private === false)
      report(
        "public-store",
        ["resources", resource, "private"],
        `the ${one.kind} ${resource} would have a public address`,
        "leave private: false out",
      );
  }
}

const secretName =
  /(?:^|_)(?:PASSWORD|PASSWD|PASS|PASSPHRASE|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|ACCESS_?KEY|SECRET_?KEY|ENCRYPTION_?KEY|SIGNING_?KEY|CREDENTIALS?)$|^PGPASSWORD$/i;
/** Secrets are named, never written. The message does not repeat what it found. */
export function checkPlainSecrets({ here, report }: EnvironmentContext): void {
  if (here.cloud === "local") return;
  for (const [service, { env }] of entries(here.services))
    for (const [variable, value] of entries(env as Data | undefined))
      if (
        typeof value === "string" &&
        (isSecretText(value) || (secretName.test(variable) && value !== "")) &&
        !holdsCredential(value)
      )
        report(
          "plain-secret",
          ["services", service, "env", variable],
          `${variable} of ${service} looks like a secret, and it is written in the spec`,
          `write ${variable}: secret("…"), and put the value into the secret store`,
        );
}

/** Wherever it stands, in whatever environment: a credential that can be told by its form. */
export function checkCredentials({ product, report }: ProductContext): void {
  const visit = (value: unknown, path: Path): void => {
    if (typeof value === "string" && holdsCredential(value))
      report(
        "plain-secret",
        path,
        `${path.findLast((step) => typeof step === "string") ?? "this"} holds a credential, and it is written in the spec`,
        'write secret("…") where it is needed, put the value into the secret store, and replace it: it has been seen',
      );
    if (typeof value !== "object" || value === null) return;
    for (const [key, below] of Object.entries(value)) visit(below, [...path, Array.isArray(value) ? Number(key) : key]);
  };
  visit(product, []);
}

/** Limits leave room for what the product needs at the least. */
export function checkLimits({ here, name, report }: EnvironmentContext): void {
  const { limits } = here;
  const services = entries(here.services);
  for (const [service, { scale }] of services) {
    if (scale?.min !== undefined && scale.max !== undefined && scale.min > scale.max)
      report(
        "min-above-max",
        ["services", service, "scale", "min"],
        `${service} runs at least ${scale.min} and at most ${scale.max} ${scale.max === 1 ? "instance" : "instances"} in ${name}`,
        "raise max (where nothing is said it is 1) or lower min",
      );
  }
  if (!limits) return;
  const least = services.reduce((sum, [, { scale }]) => sum + (scale?.min ?? 0), 0);
  if (limits.pods !== undefined && least > limits.pods) {
    const largest = services.toSorted(([, a], [, b]) => (b.scale?.min ?? 0) - (a.scale?.min ?? 0))[0];
    report(
      "limit-below-minimum",
      ["limits", "pods"],
      `${name} is limited to ${limits.pods} pods, but its services need ${least} at the least${largest ? ` (${largest[0]} alone ${largest[1].scale?.min})` : ""}`,
      "raise the limit or lower the services' scale.min",
    );
  }
}
