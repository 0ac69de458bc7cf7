import { type StruckFault, isStruck, parseLiveFault } from "../../rehearse/faults/live-fault.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { shown } from "../../lib/text.ts";
import { isListening } from "../../spec/is-listening.ts";
import type { Environment } from "../../spec/environment.ts";
import type { InjectedFault } from "../../wire/faults.ts";
import type { EnvironmentView } from "../../wire/machine.ts";

/** A database that fails on purpose: nothing of the agent's. */
export type DatabaseFault = Pick<StruckFault, "text" | "fromMs" | "forMs"> & {
  readonly resource: string;
  readonly stillMs?: number;
};

export type Wanted = { readonly injected: readonly InjectedFault[]; readonly databases: readonly DatabaseFault[] };

export type Asked = {
  readonly texts: readonly string[];
  readonly environment: Environment;
  readonly view: EnvironmentView;
  /** The revisions that served before a release began: what is wrong is wrong in those that it brings. */
  readonly except: Readonly<Record<string, readonly string[]>> | undefined;
  /** By which the spans of a policy are divided. */
  readonly speed: number;
};

const mostTexts = 10;

/** What somebody wrote, as the agent and the databases take it. */
export function injectedOf(asked: Asked): Wanted {
  const { texts, except, speed } = asked;
  if (texts.length > mostTexts) throw new UserError("usage", `at most ${mostTexts} faults at a time`);
  const injected: InjectedFault[] = [];
  const databases: DatabaseFault[] = [];
  for (const fault of texts.flatMap((text) => parseLiveFault(text) ?? [])) {
    const { text } = fault;
    const span = (by: number) => ({
      text,
      fromMs: fault.fromMs / by,
      ...(fault.forMs !== undefined && { forMs: fault.forMs / by }),
    });
    if (isStruck(fault)) {
      const place = placeOf(asked, fault);
      const { fault: kind, service: name, stillMs } = fault;
      if (place === "database") databases.push({ ...span(1), resource: name, ...(stillMs !== undefined && { stillMs }) });
      else if (kind === "slow") injected.push({ ...span(1), fault: kind, resource: name, stillMs: stillMs ?? 0 });
      else if (kind === "down") injected.push({ ...span(1), fault: kind, resource: name });
      else injected.push({ ...span(1), fault: kind, [place]: name });
      continue;
    }
    const service = serviceOf(asked, fault.service);
    const spans = span(except === undefined ? 1 : speed);
    // What old and new need fails in both.
    if (fault.fault === "dependency") injected.push({ ...spans, fault: "errors", service, share: fault.share });
    else {
      const only = except === undefined ? {} : { except: except[service] ?? [] };
      const amount = fault.fault === "errors" ? { share: fault.share } : fault.fault === "latency" ? { times: fault.times } : {};
      injected.push({ ...spans, fault: fault.fault, service, ...only, ...amount });
    }
  }
  return { injected, databases };
}

/** Which revisions serve: what a release brings are others. */
export function servingNow({ services }: EnvironmentView): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(services.map(({ service, split }) => [service, split.shares.map(({ revision }) => revision)]));
}

function serviceOf({ environment }: Asked, named: string | undefined): string {
  const listening = Object.entries(environment.services).flatMap(([name, one]) => (isListening(one) ? [name] : []));
  const found = named === undefined ? listening[0] : listening.find((one) => one === named);
  if (found !== undefined) return found;
  throw new UserError("unknown-service", `${environment.environment} has no service ${shown(named)} that takes requests`, {
    hint: didYouMean(named ?? "", listening) ?? "gantry status shows what runs",
  });
}

function placeOf({ environment, view }: Asked, { service: name, fault, text }: StruckFault): "service" | "resource" | "database" {
  const isService = environment.services[name] !== undefined;
  if (isService && (fault === "kill" || fault === "pause")) return "service";
  const resource = environment.resources[name];
  if (resource?.kind === "postgres" && (fault === "down" || fault === "slow")) return "database";
  if (view.resources.some((one) => one.name === name)) return "resource";
  if (isService || resource?.kind === "postgres")
    throw new UserError("unknown-fault", `${shown(text)} cannot be made to happen to a ${isService ? "service" : "database"}`, {
      hint: isService ? `${name}:kill, ${name}:pause, or ${name}:errors=30%` : `${name}:down, or ${name}:slow=200ms`,
    });
  const known = [...Object.keys(environment.services), ...Object.keys(environment.resources)];
  throw resource === undefined
    ? new UserError("unknown-service", `${environment.environment} has nothing called ${shown(name)}`, {
        hint: didYouMean(name, known) ?? "gantry status shows what runs",
      })
    : new UserError("unknown-fault", `${shown(name)} is no process of its own here: nothing can be made to happen to it alone`, {
        hint: "dependency=30% lets requests fail as if it did",
      });
}
