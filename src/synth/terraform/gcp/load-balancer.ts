import { shortName } from "../../names.ts";
import { type Entry, attributes, expression } from "../../text/hcl.ts";
import type { LibraryModule } from "./modules.ts";
import { type Place, type Variable, call, labelOf, outputOf, projectOf, region } from "./place.ts";

type Balanced = {
  readonly entries: readonly Entry[];
  readonly modules: readonly LibraryModule[];
  readonly variables: readonly Variable[];
};

/** Domains, and which service answers at which path of each. */
export function loadBalancer(place: Place): Balanced {
  const { environment, subject } = place;
  const { hosts } = environment;
  if (hosts.length === 0 || environment.runs === "gke") return { entries: [], modules: [], variables: [] };
  const names = [...new Set(hosts.map(({ service }) => service))];
  const byHost = [...new Set(hosts.map(({ host }) => host))].map((host) => {
    const here = hosts.filter((one) => one.host === host);
    const usual = here.find(({ path }) => path === "/") ?? here[0];
    const paths = here
      .filter(({ path }) => path !== "/")
      .map(({ path, service }) => [path, labelOf(place, "services", service)] as const);
    return [
      host,
      {
        service: usual === undefined ? undefined : labelOf(place, "services", usual.service),
        paths: paths.length === 0 ? undefined : Object.fromEntries(paths),
      },
    ] as const;
  });
  return {
    entries: [
      call(place, "load_balancer", "load_balancer", [
        ...attributes({
          project: projectOf(place),
          region,
          name: shortName(place.standby ? `${subject.name}-standby` : subject.name, 40),
          services: Object.fromEntries(
            names.map((name) => {
              const label = labelOf(place, "services", name);
              return [label, outputOf(place, "cloud_run_service", label, "name")] as const;
            }),
          ),
          hosts: Object.fromEntries(byHost),
          dns_zone: place.standby ? undefined : expression("var.dns_zone"),
        }),
      ]),
    ],
    modules: ["load_balancer"],
    variables: place.standby
      ? []
      : [
          {
            name: "dns_zone",
            what: "The zone of Cloud DNS that the domains stand in. Null where their records are kept elsewhere. Whoever applies needs roles/dns.admin on its project, and whoever plans roles/dns.reader.",
            type: expression("object({ project = string, name = string })"),
            usual: null,
          },
        ],
  };
}
