import type { Actor } from "../delivery/machine.ts";
import { UserError } from "../lib/errors.ts";
import type { Environment } from "../spec/environment.ts";
import type { EnvironmentSummary, Progress } from "../wire/up.ts";
import type { Control } from "./control.ts";
import { createPreview, takeDown } from "./previews.ts";
import { whoOf } from "./releases/actor-of.ts";
import { schedulesOf } from "./schedules/wanted.ts";

// What people say of previews, whichever way it comes.

export type NewPreview = {
  readonly name: string;
  readonly environment: Environment;
  readonly root: string;
  readonly ttlMs: number | undefined;
  readonly fresh: boolean;
  readonly wait: boolean;
  readonly by: Actor;
  readonly tell: (progress: Progress) => void;
};

export async function addPreview(control: Control, { by, ttlMs, ...asked }: NewPreview): Promise<EnvironmentSummary> {
  const { platform, scheduler, watch, oneAtATime } = control;
  const { environment, name } = asked;
  const summary = await oneAtATime(`${environment.environment}.${name}`, () =>
    createPreview(platform, { ...asked, ...(ttlMs === undefined ? {} : { ttlMs }) }),
  );
  await scheduler.set(environment.product, summary.environment, schedulesOf(environment));
  await watch.set(summary.environment, environment, 1);
  await platform.store.addEvent({
    product: environment.product,
    environment: summary.environment,
    kind: "preview.made",
    ...whoOf(by),
    subject: name,
    data: summary.expiresAt === undefined ? {} : { expiresAt: summary.expiresAt },
  });
  return summary;
}

export type Gone = {
  readonly product: string;
  readonly name: string;
  /** The environment that it was taken from, where several have one of that name. */
  readonly of: string | undefined;
  readonly by: Actor;
  readonly tell: (progress: Progress) => void;
};

export async function removePreview({ platform, scheduler, watch, oneAtATime }: Control, asked: Gone): Promise<void> {
  const { product, name, by, tell } = asked;
  const { store } = platform;
  const rows = (await store.environments(product)).filter((one) => one.previewOf !== null && one.name.endsWith(`.${name}`));
  const of = asked.of === undefined ? rows : rows.filter((one) => one.previewOf === asked.of);
  const [row, another] = of;
  if (!row)
    throw new UserError("unknown-preview", `there is no preview ${name}`, {
      hint: "gantry preview list shows those there are",
    });
  if (another)
    throw new UserError("unknown-preview", `${name} is a preview of ${of.map((one) => one.previewOf).join(" and of ")}`, {
      hint: `say which: gantry preview delete ${name} --env ${row.previewOf}`,
    });
  await scheduler.remove(product, row.name);
  await watch.remove(row.name, true);
  await oneAtATime(row.name, () => takeDown(platform, { product, key: row.name, data: true, by, tell }));
}
