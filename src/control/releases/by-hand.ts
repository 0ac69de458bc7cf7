import { ConflictError, UserError } from "../../lib/errors.ts";
import { listed } from "../../lib/text.ts";
import type { Migration } from "../../migrations/migration.ts";
import type { Planned } from "../../migrations/run/status.ts";
import type { Environment } from "../../spec/environment.ts";
import type { Platform } from "../platform.ts";
import { whoOf } from "./actor-of.ts";
import { heldText, judgeMissing } from "./contract-gate.ts";
import type { Forced } from "./way-back.ts";

// Migrations that somebody runs by hand are asked what those of a release are asked.

/** Says why a release would not run them now; by migration where it is one of them. */
async function stopsOf(platform: Platform, environment: Environment, resource: string, open: readonly Migration[]) {
  const at = { product: environment.product, environment: environment.environment };
  const { held, refused } = await judgeMissing(platform, at, environment, { resource, open });
  return [...refused, ...held.map((one) => heldText([one]))];
}

/** Refuses before anything is done what the code that is there may still need; or writes down who wants it all the same. */
export async function refuseNeeded(
  platform: Platform,
  environment: Environment,
  {
    resource,
    open,
    forced,
  }: { readonly resource: string; readonly open: readonly Migration[]; readonly forced: Forced | undefined },
): Promise<void> {
  if (forced !== undefined && (forced.reason ?? "").trim() === "")
    throw new UserError("usage", "say why it is run all the same: it goes on record", { hint: '--force --reason "…"' });
  const stops = await stopsOf(platform, environment, resource, open);
  if (stops.length === 0) return;
  if (forced === undefined)
    throw new ConflictError("still-needed", `${resource} of ${environment.environment} is not migrated: ${stops.join("; ")}`, {
      hint: 'a release runs it once it may; gantry migrate up --to … runs what comes before it; --force --reason "…" runs it all the same',
    });
  await platform.store.addEvent({
    product: environment.product,
    environment: environment.environment,
    kind: "migrate.forced",
    ...whoOf(forced.by),
    subject: resource,
    because: forced.reason ?? "",
    data: { resource, stops, migrations: open.map(({ name }) => name) },
  });
}

/** The plan of somebody who would run them by hand, with what keeps each from being run. */
export async function withStops(
  platform: Platform,
  environment: Environment,
  {
    resource,
    open,
    planned,
  }: { readonly resource: string; readonly open: readonly Migration[]; readonly planned: readonly Planned[] },
): Promise<readonly Planned[]> {
  const stops = await stopsOf(platform, environment, resource, open);
  return planned.map((one) => {
    const own = stops.filter((says) => says.startsWith(`${one.name} `));
    return own.length === 0 ? one : { ...one, stops: [listed(own)] };
  });
}
