import type { EnvironmentService } from "../../../spec/environment.ts";
import { type Expression, type Value, expression, template, valueText } from "../../text/hcl.ts";
import { type Place, accountId, label, out } from "./place.ts";
import { type Region, here } from "./region.ts";
import { replicaElsewhere } from "./resources.ts";

/** What a service may do with each thing that it uses: statements by their names. */
type Permissions = ReadonlyMap<string, Readonly<Record<string, Value>>>;

/** What a service may do in AWS: what the spec grants it, each on the one thing that it is for; in the second region on its copy there. */
export function permissionsOf(
  place: Place,
  account: string,
  { grants }: Pick<EnvironmentService, "grants">,
  region: Region = here,
): Permissions {
  const actions = new Map<string, string[]>();
  for (const { role, on } of grants) actions.set(on, [...(actions.get(on) ?? []), ...role.split(",")]);
  const found = new Map<string, Readonly<Record<string, Value>>>();
  for (const [on, given] of actions) {
    const statements = statementsOf(place, region, { account, on, actions: [...new Set(given)] });
    if (statements !== undefined) found.set(on, statements);
  }
  return found;
}

function statementsOf(
  place: Place,
  { suffix, region }: Region,
  { account, on, actions }: { readonly account: string; readonly on: string; readonly actions: readonly string[] },
): Readonly<Record<string, Value>> | undefined {
  const resource = place.environment.resources[on];
  const id = label(on);
  const arn = (service: string, ...rest: readonly (string | Expression)[]) =>
    template(`arn:aws:${service}:`, region, ":", accountId, ":", ...rest);
  switch (resource?.kind) {
    case "postgres":
      if (suffix !== "" && replicaElsewhere(place, resource) === undefined) return undefined;
      return {
        [id]: {
          actions,
          resources: [arn("rds-db", "dbuser:", out(`${id}${suffix}`, "resource_id"), `/${databaseUser(account)}`)],
        },
      };
    case "bucket":
      return {
        [id]: { actions, resources: [template(out(id, "arn"), "/*")] },
        [`${id}_listing`]: { actions: ["s3:ListBucket"], resources: [out(id, "arn")] },
        [`${id}_encryption`]: { actions: ["kms:Decrypt", "kms:GenerateDataKey"], resources: [out("encryption", "key_arn")] },
      };
    case "kms": {
      if (resource.perTenant !== true) {
        const key = suffix === "" ? out(id, "key_arn") : expression(`module.${id}_standby.key_arns[""]`);
        return { [id]: { actions, resources: [key] } };
      }
      const aliases = { "kms:ResourceAliases": [template(out(id, "alias_prefix"), "*")] };
      return { [id]: { actions, resources: [arn("kms", "key/*")], condition: { "ForAnyValue:StringLike": aliases } } };
    }
    default:
      return undefined;
  }
}

/** What several services may do alike is written once, under a name of its own. */
export function sharedPermissions(all: readonly Permissions[]): ReadonlyMap<string, Readonly<Record<string, Value>>> {
  const texts = all.flatMap((one) => [...one].map(([on, statements]) => ({ on, statements, text: valueText(statements) })));
  const shared = texts.filter(({ on, text }) => {
    const same = texts.filter((other) => other.on === on);
    return same.length > 1 && same.every((other) => other.text === text);
  });
  return new Map(shared.map(({ on, statements }) => [on, statements]));
}

/** The permissions of one service, by the names of those that it shares. */
export function permissionsValue(own: Permissions, shared: ReadonlyMap<string, unknown>): Value | undefined {
  const alone = Object.fromEntries([...own].flatMap(([on, statements]) => (shared.has(on) ? [] : Object.entries(statements))));
  const names = [...own.keys()].filter((on) => shared.has(on)).map((on) => `local.${sharedName(on)}`);
  const rest = Object.keys(alone).length === 0 ? [] : [valueText(alone, "  ")];
  if (names.length === 0) return rest.length === 0 ? undefined : alone;
  return names.length + rest.length === 1 ? expression(names.join("")) : expression(`merge(${[...names, ...rest].join(", ")})`);
}

export function sharedName(resource: string): string {
  return `use_of_${label(resource)}`;
}

/** A user of the database for each service, in the letters that Postgres takes unquoted. */
function databaseUser(account: string): string {
  return account.replaceAll("-", "_");
}
