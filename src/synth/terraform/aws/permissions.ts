import type { EnvironmentService } from "../../../spec/environment.ts";
import { type Value, template } from "../../text/hcl.ts";
import { type Place, accountId, label, out, variable } from "./place.ts";

type Permissions = Readonly<Record<string, Value>>;

/** What a service may do in AWS: what the spec grants it, each on the one thing that it is for. */
export function permissionsOf(place: Place, account: string, { grants }: Pick<EnvironmentService, "grants">): Permissions {
  const found: Record<string, Value> = {};
  for (const { role, on } of grants) {
    const resource = place.environment.resources[on];
    if (resource === undefined) continue;
    const actions = role.split(",");
    const key = Object.hasOwn(found, on) ? `${on} ${role}` : on;
    switch (resource.kind) {
      case "postgres":
        found[key] = {
          actions,
          resources: [
            template(
              "arn:aws:rds-db:",
              variable("region"),
              ":",
              accountId,
              ":dbuser:",
              out(label(on), "resource_id"),
              `/${databaseUser(account)}`,
            ),
          ],
        };
        break;
      case "bucket":
        found[key] = { actions, resources: [template(out(label(on), "arn"), "/*")] };
        found[`${key} listing`] = { actions: ["s3:ListBucket"], resources: [out(label(on), "arn")] };
        found[`${key} encryption`] = {
          actions: ["kms:Decrypt", "kms:GenerateDataKey"],
          resources: [out("encryption", "key_arn")],
        };
        break;
      case "kms":
        found[key] =
          resource.perTenant === true
            ? {
                actions,
                resources: [template("arn:aws:kms:", variable("region"), ":", accountId, ":key/*")],
                condition: {
                  "ForAnyValue:StringLike": { "kms:ResourceAliases": [template(out(label(on), "alias_prefix"), "*")] },
                },
              }
            : { actions, resources: [out(label(on), "key_arn")] };
        break;
      default:
        break;
    }
  }
  return found;
}

/** A user of the database for each service, in the letters that Postgres takes unquoted. */
export function databaseUser(account: string): string {
  return account.replaceAll("-", "_");
}
