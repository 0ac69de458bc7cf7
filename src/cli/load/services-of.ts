import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import type { EnvironmentStatus, PlatformStatus } from "../../wire/up.ts";
import type { LocalPlatform } from "../platform.ts";

/** The services of an environment that is up, and at which port of the gateway one of them answers. */
export async function servicesOf(
  platform: LocalPlatform,
  { product, environment }: { readonly product: string; readonly environment: string },
) {
  const status = await platform.get<PlatformStatus>(`/v1/status?product=${encodeURIComponent(product)}`);
  const found: EnvironmentStatus | undefined = status.environments.find((one) => one.environment === environment);
  const services = found?.services ?? [];
  const answering = services.flatMap(({ service, port }) => (port === undefined ? [] : [{ service, port }]));
  return {
    status: found,
    names: services.map(({ service }) => service),
    chosen(named: unknown): { readonly service: string; readonly port: number } {
      const one = typeof named === "string" ? answering.find(({ service }) => service === named) : answering[0];
      if (one !== undefined) return one;
      const all = answering.map(({ service }) => service);
      if (typeof named !== "string")
        throw new UserError("unknown-service", `no service of ${environment} takes requests`, {
          hint: "gantry status shows what runs",
        });
      throw new UserError("unknown-service", `${environment} has no service ${shown(named)} that takes requests`, {
        hint: didYouMean(named, all) ?? "gantry status shows what runs",
      });
    },
  };
}
