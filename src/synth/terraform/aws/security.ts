import { refName } from "../../../spec/derive.ts";
import { listed } from "../../../lib/text.ts";
import { type Value, expression, template } from "../../text/hcl.ts";
import { variablesOf } from "../../variables.ts";
import { type Call, type Part, type Place, accountId, call, label, out, part, variable } from "./place.ts";
import { addressSecret, ownOf } from "./resources.ts";
import { secretOf } from "./env.ts";
import { minioBuckets, rootSecret, serviceKeys } from "./minio.ts";
import { days } from "./stores.ts";
import { monthlyBudget } from "./watching.ts";

/** The key of all that is stored, keys of tenants and of services, and the places of secrets. */
export function security(place: Place): Part {
  const { environment } = place;
  const keys = ownOf(place, "kms");
  const calls: Call[] = [
    call(place, "encryption", "encryption", {
      name: variable("name"),
      description: "Everything that is stored: disks, backups, buckets, secrets, logs",
      account_id: accountId,
      services: [
        template("logs.", variable("region"), ".amazonaws.com"),
        "cloudtrail.amazonaws.com",
        "cloudwatch.amazonaws.com",
        "events.amazonaws.com",
        ...(monthlyBudget(place) === undefined ? [] : ["budgets.amazonaws.com"]),
      ],
    }),
    ...keys.map(([name, one]) =>
      one.perTenant === true
        ? call(place, label(name), "tenant_keys", {
            prefix: template(variable("name"), `/${name}/`),
            account_id: accountId,
            tenants: variable("tenants"),
            rotation_days: one.rotate === undefined ? undefined : days(one.rotate, 365),
          })
        : call(place, label(name), "encryption", {
            name: template(variable("name"), `/${name}`),
            description: `What services encrypt themselves with ${name}`,
            account_id: accountId,
            rotation_days: one.rotate === undefined ? undefined : days(one.rotate, 365),
          }),
    ),
    call(place, "secrets", "secrets", {
      secrets: secretsOf(place),
      kms_key_arn: out("encryption", "key_arn"),
      replicas:
        environment.standby === undefined
          ? undefined
          : { [environment.standby.region]: { kms_key_arn: out("encryption_standby", "key_arn") } },
      recovery_days: expression("var.deletion_protection ? 30 : 0"),
    }),
  ];
  return part("security.tf", calls, {
    inputs: [
      ...(keys.some(([, { perTenant }]) => perTenant === true)
        ? [
            {
              name: "tenants",
              description: "The tenants that have a key, by the ID that the product knows them by.",
              type: "set(string)",
              value: [],
            },
          ]
        : []),
      {
        name: "deletion_protection",
        description: "Whether what holds data has to be unlocked before it can be deleted.",
        type: "bool",
        value: environment.production === true,
      },
    ],
    outputs: [
      {
        name: "secret_arns",
        description: "The places of the secrets, by name. People and rotations fill them.",
        value: out("secrets", "arns"),
      },
    ],
  });
}

/** The secrets of the spec that something here reads, and addresses that only operation knows. */
function secretsOf(place: Place): Value {
  const { environment } = place;
  const found = new Map<string, Value>();
  for (const [name, one] of Object.entries(environment.secrets))
    found.set(name, {
      description: describe(place, name),
      generated: one.generated,
      rotate_days: one.rotate === undefined ? undefined : days(one.rotate, 90),
    });
  if (minioBuckets(place).length > 0) {
    const { access, secret } = serviceKeys(place);
    found.set(rootSecret, { description: "MinIO's administrator", generated: true });
    for (const name of [access, secret])
      if (!found.has(name)) found.set(name, { description: "What services sign in to MinIO with", generated: true });
  }
  for (const service of Object.values(environment.services))
    for (const one of variablesOf(environment, service)) {
      if (one.from !== "resource" || secretOf(place, one) === undefined) continue;
      const external = environment.resources[one.resource]?.external === true;
      found.set(addressSecret(one.resource, one.attribute), {
        description: external
          ? `Where ${one.resource} answers: no secret, but known only to whoever rents it`
          : `The address of ${one.resource}, with its password`,
      });
    }
  return Object.fromEntries([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)));
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
