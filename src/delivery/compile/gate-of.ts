import { durationMs, shareOf } from "../../lib/quantities.ts";
import { refName } from "../../spec/derive.ts";
import type { Gate } from "../gate.ts";
import { conditionText } from "../words/condition-text.ts";
import { percentText, spanText } from "../words/span.ts";
import type { Compiling, Requirement } from "./compiling.ts";

const usualTries = 30;
const usualInARow = 3;
/** Nobody probes faster than this, at whatever speed. */
const leastEveryMs = 250;
const usualSmokeMs = 300_000;
const usualExpiryMs = 86_400_000;

/** The gates of one step; their ids begin with its name, so that an answer given there never counts elsewhere. */
export function gatesOf(step: string, requirements: readonly Requirement[], compiling: Compiling): readonly Gate[] {
  const taken = new Map<string, number>();
  return requirements.map((requirement) => {
    const gate = gateOf(requirement, compiling);
    const id = `${step}: ${idOf(gate)}`;
    const times = (taken.get(id) ?? 0) + 1;
    taken.set(id, times);
    return { ...gate, id: times === 1 ? id : `${id} (${times})` };
  });
}

function gateOf(requirement: Requirement, { environment, speed }: Compiling): Gate {
  if ("step" in requirement) {
    const resource = nameOf(requirement, "resources");
    return { gate: "migrated", id: "", says: `${resource} is migrated`, resource };
  }
  if ("kind" in requirement)
    return { gate: "signal", id: "", says: conditionText(requirement), condition: requirement, passesWhen: "true" };
  switch (requirement.gate) {
    case "signed": {
      const approval = nameOf(requirement.approval, "approvals");
      return { gate: "signed", id: "", says: `${approval} has approved`, approval };
    }
    case "approval": {
      const role = nameOf(requirement.role, "roles");
      const people = requirement.people ?? 1;
      const expiresMs = requirement.expires === undefined ? usualExpiryMs : durationMs(requirement.expires);
      const says = people === 1 ? `${role} approve` : `${people} of ${role} approve`;
      return { gate: "approval", id: "", says, role, people, expiresMs: expiresMs / speed };
    }
    case "health": {
      const service = nameOf(requirement.of, "services");
      const health = environment.services[service]?.health;
      const path = requirement.path ?? health?.path ?? "/";
      const tries = requirement.tries ?? usualTries;
      const every = requirement.every ?? health?.every ?? "10s";
      return {
        gate: "health",
        id: "",
        says: `${service} answers at ${path}`,
        service,
        path,
        everyMs: Math.max(Math.min(leastEveryMs, durationMs(every)), durationMs(every) / speed),
        tries,
        inARow: requirement.inARow ?? Math.min(usualInARow, tries),
      };
    }
    case "smoke":
      return {
        gate: "smoke",
        id: "",
        says: "smoke tests pass",
        command: requirement.command,
        timeoutMs: requirement.timeout === undefined ? usualSmokeMs : durationMs(requirement.timeout),
      };
    case "burn": {
      const slo = nameOf(requirement.slo, "slos");
      const withinMs = durationMs(requirement.within ?? "1h");
      const below = shareOf(requirement.below);
      const says = `the error budget of ${slo} burns less than ${percentText(below)} in ${spanText(withinMs)}`;
      return { gate: "burn", id: "", says, slo, below, withinMs };
    }
    case "check": {
      const check = nameOf(requirement.check, "checks");
      return { gate: "check", id: "", says: `the check ${check} has passed`, check };
    }
    case "clean": {
      const check = nameOf(requirement.check, "checks");
      return { gate: "clean", id: "", says: `${check} finds nothing ${requirement.of.join(" or ")}`, check, of: requirement.of };
    }
    case "green": {
      const green = nameOf(requirement.environment, "environments");
      return { gate: "green", id: "", says: `${green} is green with this version`, environment: green };
    }
  }
}

/** Short, and the same as long as the question is. */
function idOf(gate: Gate): string {
  switch (gate.gate) {
    case "health":
      return `health of ${gate.service}`;
    case "smoke":
      return "smoke";
    case "burn":
      return `burn of ${gate.slo}`;
    case "approval":
      return `approval by ${gate.role}`;
    case "signal":
      return gate.says;
    case "signed":
      return `signed by ${gate.approval}`;
    case "green":
      return `green in ${gate.environment}`;
    case "check":
    case "clean":
      return `${gate.gate} ${gate.check}`;
    case "migrated":
      return `${gate.resource} migrated`;
    case "alerts":
    case "freeze":
    case "compare":
      return gate.gate;
  }
}

function nameOf(value: unknown, collection: string): string {
  return refName(value, collection) ?? "?";
}
