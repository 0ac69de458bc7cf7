import type { Environment } from "../../spec/environment.ts";
import { code, table, text } from "../text/markdown.ts";
import { resourceTitle } from "./words.ts";

type Service = Environment["services"][string];
type Resource = Environment["resources"][string];

/** How large everything is, environment by environment. */
export function sizesSection(environments: readonly Environment[]): readonly string[] {
  const names = (of: "services" | "resources") => [...new Set(environments.flatMap((one) => Object.keys(one[of])))];
  const rows = [
    ...names("services").map((name) => [
      text(environments.find((one) => one.services[name])?.services[name]?.title ?? name),
      ...environments.map((one) => serviceSize(one.services[name])),
    ]),
    ...names("resources").flatMap((name) => {
      const [first] = environments.filter((one) => one.resources[name]);
      const resource = first?.resources[name];
      if (first === undefined || resource === undefined || resource.kind === "partner" || resource.external === true) return [];
      const sizes = environments.map((one) => resourceSize(one.resources[name]));
      return sizes.every((size) => size === "") ? [] : [[text(resourceTitle(name, resource, first)), ...sizes]];
    }),
  ];
  return ["## Sizes", table(["", ...environments.map(({ environment }) => text(environment))], rows)];
}

function serviceSize(service: Service | undefined): string {
  if (service === undefined) return "";
  const { size, scale, kind, schedule } = service;
  const machine = size === undefined ? [] : [`${size.cpu ?? 1} CPU, ${size.memory ?? ""}`.replace(/, $/, "")];
  const { min = 1, max = min } = scale ?? {};
  const many = kind === "cron" ? [`at ${code(schedule ?? "")}`] : [min === max ? `${min}×` : `${min}–${max}`];
  const idle = scale?.idle === undefined ? [] : [`none when idle for ${scale.idle.after}`];
  return [...machine, ...many, ...idle].join(", ");
}

function resourceSize(resource: Resource | undefined): string {
  if (resource === undefined) return "";
  switch (resource.kind) {
    case "postgres": {
      const { size, storage, highAvailability, replicas = [], maxConnections } = resource;
      return joined([
        size && code(size),
        storage,
        highAvailability === true && "with a standby",
        replicas.length > 0 && `${replicas.length} read ${replicas.length === 1 ? "replica" : "replicas"}`,
        maxConnections !== undefined && maxConnections !== 100 && `${maxConnections} connections`,
      ]);
    }
    case "redis":
      return joined([
        resource.size && code(resource.size),
        resource.memory,
        resource.size === undefined && resource.tier,
        resource.cluster === true && "cluster",
      ]);
    case "bucket":
      return joined([
        resource.versions && `versions for ${resource.versions}`,
        ...(resource.lifeCycle ?? []).map(({ after, to }) =>
          to === "delete" ? `deleted after ${after}` : `${to} after ${after}`,
        ),
      ]);
    case "search":
      return joined([resource.size && `${resource.size.cpu} CPU, ${resource.size.memory}`]);
    default:
      return "";
  }
}

function joined(parts: readonly (string | false | undefined)[]): string {
  return parts.filter((one) => typeof one === "string" && one !== "").join(", ");
}
