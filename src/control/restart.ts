import type { Actor } from "../delivery/machine.ts";
import { ConflictError, UserError } from "../lib/errors.ts";
import { didYouMean } from "../lib/nearest.ts";
import type { Control } from "./control.ts";
import { whoOf } from "./releases/actor-of.ts";
import { allOrTheFirstFailure } from "./all-or-first.ts";

export type Restart = {
  readonly product: string;
  readonly key: string;
  /** Else all of the environment's. */
  readonly service: string | undefined;
  readonly by: Actor;
  readonly tell: (service: string, ms: number) => void;
};

/** Starts services anew, one replica after the other. */
export async function restartServices(control: Control, { product, key, service: wanted, by, tell }: Restart): Promise<void> {
  const { platform, oneAtATime } = control;
  const { agent } = platform;
  const view = (await agent.state()).environments.find((one) => one.environment === key);
  const services = (view?.services ?? []).filter((one) => wanted === undefined || one.service === wanted);
  if (view && services.length === 0) {
    const names = view.services.map((one) => one.service);
    throw new UserError("unknown-service", `${key} runs no service ${wanted ?? ""}`, {
      hint: didYouMean(wanted ?? "", names) ?? "gantry status lists them",
    });
  }
  if (!view) throw new ConflictError("not-up", `${key} is not up`, { hint: "gantry status shows what runs" });
  const one = async (service: string, revision: string): Promise<void> => {
    const since = performance.now();
    await agent.restart(key, service, revision);
    tell(service, Math.round(performance.now() - since));
  };
  await oneAtATime(key, () =>
    allOrTheFirstFailure(services.flatMap(({ service, split }) => split.shares.map(({ revision }) => one(service, revision)))),
  );
  const data = { services: services.map(({ service }) => service) };
  await platform.store.addEvent({
    product,
    environment: key,
    kind: "service.restarted",
    ...whoOf(by),
    subject: wanted ?? key,
    data,
  });
}
