import type { EnvironmentStatus, ReleaseLine } from "../live/views.ts";
import { linkTo } from "../router.ts";
import { ServiceCell } from "./service-cell.tsx";
import { versionsIn } from "./versions.ts";

/** What runs where: a row for each service, a column for each environment. */
export function Matrix({
  environments,
  releases,
  filter,
}: {
  readonly environments: readonly EnvironmentStatus[];
  readonly releases: readonly ReleaseLine[];
  readonly filter: string;
}) {
  const versions = versionsIn(releases);
  const coming = new Map(
    releases
      .filter(({ endedAtMs }) => endedAtMs === undefined)
      .flatMap(({ environment, changes }) => changes.map(({ service, to }) => [`${environment} ${service}`, to])),
  );
  const columns = environments.map((one) => ({
    environment: one.environment,
    services: new Map(one.services.map((service) => [service.service, service])),
  }));
  const names = [...new Set(environments.flatMap((one) => one.services.map(({ service }) => service)))].filter((name) =>
    name.toLowerCase().includes(filter.toLowerCase()),
  );
  if (names.length === 0)
    return <p className="note quiet">{filter === "" ? "No service runs." : `No service is called so: ${filter}`}</p>;
  return (
    <table className="matrix">
      <thead>
        <tr>
          <th scope="col">Service</th>
          {columns.map(({ environment }) => (
            <th key={environment} scope="col">
              {environment}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {names.map((name) => (
          <tr key={name}>
            <th scope="row">
              <a href={linkTo("service", { service: name })}>{name}</a>
            </th>
            {columns.map(({ environment, services }) => {
              const service = services.get(name);
              return (
                <td key={environment} data-environment={environment}>
                  {service === undefined ? (
                    <span className="quiet">–</span>
                  ) : (
                    <ServiceCell
                      environment={environment}
                      service={service}
                      versions={service.revisions
                        .filter(({ weight }) => weight > 0)
                        .map(({ revision }) => versions(environment, revision))
                        .join("\n")}
                      coming={coming.get(`${environment} ${name}`)}
                    />
                  )}
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
