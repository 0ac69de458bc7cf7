import { budgetOf } from "../../../spec/budget-of.ts";
import { expression, template } from "../../text/hcl.ts";
import { type Call, type Part, type Place, accountId, call, label, out, part, variable } from "./place.ts";
import { ownOf } from "./resources.ts";
import { secretsOf } from "./secrets.ts";
import { days } from "./days.ts";

/** The key of all that is stored, keys of tenants and of services, and the places of secrets. */
export function security(place: Place): Part {
  const { environment } = place;
  const keys = ownOf(place, "kms");
  const copied = environment.standby === undefined || environment.runs !== "eks" ? undefined : true;
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
        ...(budgetOf(place.environment)?.monthly === undefined ? [] : ["budgets.amazonaws.com"]),
      ],
    }),
    ...keys.map(([name, one]) =>
      one.perTenant === true
        ? call(place, label(name), "tenant_keys", {
            prefix: template(variable("name"), `/${name}/`),
            account_id: accountId,
            tenants: variable("tenants"),
            multi_region: copied,
            rotation_days: one.rotate === undefined ? undefined : days(one.rotate, 365),
          })
        : call(place, label(name), "encryption", {
            name: template(variable("name"), `/${name}`),
            description: `What services encrypt themselves with ${name}`,
            account_id: accountId,
            multi_region: copied,
            rotation_days: one.rotate === undefined ? undefined : days(one.rotate, 365),
          }),
    ),
    call(place, "secrets", "secrets", {
      secrets: secretsOf(place),
      kms_key_arn: out("encryption", "key_arn"),
      replicas:
        copied === undefined || environment.standby === undefined
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
