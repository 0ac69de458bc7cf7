import { UserError } from "../lib/errors.ts";
import type { Endpoint } from "../system/json-server.ts";
import type { InjectedFault } from "../wire/faults.ts";
import type { EnvironmentRoutes, Fence, JobSpec, ResourceProcessSpec, RevisionSpec, Split } from "../wire/machine.ts";
import type { Machine } from "./machine.ts";

// What control may ask of the agent. The socket is its owner's alone; what comes is still looked at before it is used.

const slug = /^[a-z0-9](?:[a-z0-9.-]{0,126}[a-z0-9])?$/;

export function agentApi(machine: Machine, stop: (forget: boolean) => void): readonly Endpoint[] {
  const revisionAt = (at: (name: string) => string) => ({
    environment: name(at("environment")),
    service: name(at("service")),
    revision: name(at("revision")),
  });
  const environment = "/v1/environments/:environment";
  const service = `${environment}/services/:service`;
  const revision = `${service}/revisions/:revision`;
  return [
    { method: "GET", path: "/v1/health", answer: () => ({ ok: true, pid: process.pid }) },
    { method: "GET", path: "/v1/state", answer: ({ query }) => machine.state(new Set(query.get("known")?.split(","))) },
    { method: "GET", path: "/v1/traffic", answer: () => machine.traffic() },
    {
      method: "PUT",
      path: `${environment}/routes`,
      answer: ({ at, body }) =>
        machine.route(name(at("environment")), fence(body), object(body, "at") as unknown as EnvironmentRoutes),
    },
    {
      method: "POST",
      path: `${environment}/fence`,
      answer: ({ at, body }) => machine.admit(name(at("environment")), fence(body)),
    },
    {
      method: "POST",
      path: `${environment}/remove`,
      answer: ({ at, body }) => machine.removeEnvironment(name(at("environment")), fence(body)),
    },
    {
      method: "PUT",
      path: revision,
      answer: ({ at, body }) =>
        machine.put(revisionAt(at), fence(body), revisionSpec(body), {
          ...("replicas" in body ? { replicas: number(body, "replicas") } : {}),
          ...("awakeMs" in body ? { awakeMs: number(body, "awakeMs") } : {}),
        }),
    },
    {
      method: "PUT",
      path: `${revision}/job`,
      answer: ({ at, body }) => machine.keepForJobs(revisionAt(at), fence(body), revisionSpec(body)),
    },
    {
      method: "POST",
      path: `${revision}/ready`,
      answer: ({ at, body, signal }) => machine.ready(revisionAt(at), number(body, "timeoutMs"), signal),
    },
    { method: "POST", path: `${revision}/rest`, answer: ({ at, body }) => machine.rest(revisionAt(at), fence(body)) },
    { method: "POST", path: `${revision}/wake`, answer: ({ at, body }) => machine.wake(revisionAt(at), fence(body)) },
    { method: "POST", path: `${revision}/restart`, answer: ({ at, body }) => machine.restart(revisionAt(at), fence(body)) },
    {
      method: "POST",
      path: `${revision}/scale`,
      answer: ({ at, body }) => machine.scale(revisionAt(at), fence(body), number(body, "replicas")),
    },
    { method: "POST", path: `${revision}/remove`, answer: ({ at, body }) => machine.remove(revisionAt(at), fence(body)) },
    {
      method: "PUT",
      path: `${service}/split`,
      answer: ({ at, body }) =>
        machine.split(name(at("environment")), name(at("service")), fence(body), object(body, "split") as unknown as Split),
    },
    {
      method: "POST",
      path: `${service}/pause`,
      answer: ({ at, body }) => machine.pause(name(at("environment")), name(at("service")), fence(body), number(body, "forMs")),
    },
    {
      method: "POST",
      path: `${service}/resume`,
      answer: ({ at, body }) => machine.resumeTraffic(name(at("environment")), name(at("service")), fence(body)),
    },
    {
      method: "PUT",
      path: `${environment}/resources/:resource`,
      answer: ({ at, body }) =>
        machine.putResource(
          name(at("environment")),
          fence(body),
          object(body, "spec") as unknown as ResourceProcessSpec,
          number(body, "timeoutMs"),
        ),
    },
    {
      method: "POST",
      path: `${environment}/resources/:resource/remove`,
      answer: ({ at, body }) => machine.removeResource(name(at("environment")), name(at("resource")), fence(body)),
    },
    {
      method: "POST",
      path: `${service}/remove`,
      answer: ({ at, body }) => machine.removeService(name(at("environment")), name(at("service")), fence(body)),
    },
    {
      method: "POST",
      path: `${environment}/jobs`,
      answer: ({ at, body }) => machine.runJob(name(at("environment")), fence(body), object(body, "spec") as unknown as JobSpec),
    },
    {
      method: "PUT",
      path: `${environment}/faults`,
      answer: ({ at, body }) =>
        machine.putFaults(
          name(at("environment")),
          fence(body),
          list(body, "faults") as readonly InjectedFault[],
          number(body, "leaseMs"),
        ),
    },
    { method: "GET", path: `${environment}/faults`, answer: ({ at }) => machine.faultsOf(name(at("environment"))) },
    { method: "POST", path: "/v1/stop", answer: ({ body }) => stop(body["forget"] === true) },
  ];
}

function name(given: string): string {
  if (!slug.test(given)) throw new UserError("usage", "a name here is lower-case letters, digits, dots and dashes");
  return given;
}

function object(body: Readonly<Record<string, unknown>>, key: string): Readonly<Record<string, unknown>> {
  const value = body[key];
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UserError("usage", `${key} is to be an object`);
  return value as Record<string, unknown>;
}

function list(body: Readonly<Record<string, unknown>>, key: string): readonly unknown[] {
  const value = body[key];
  if (!Array.isArray(value)) throw new UserError("usage", `${key} is to be a list`);
  return value;
}

function number(body: Readonly<Record<string, unknown>>, key: string): number {
  const value = body[key];
  if (typeof value !== "number" || !Number.isFinite(value)) throw new UserError("usage", `${key} is to be a number`);
  return value;
}

function fence(body: Readonly<Record<string, unknown>>): Fence {
  const given = object(body, "fence");
  return { epoch: number(given, "epoch"), sequence: number(given, "sequence") };
}

function revisionSpec(body: Readonly<Record<string, unknown>>): RevisionSpec {
  const spec = object(body, "spec");
  if (!Array.isArray(spec["command"]) || spec["command"].length === 0 || typeof spec["folder"] !== "string")
    throw new UserError("usage", "a revision has a command and a folder");
  return spec as unknown as RevisionSpec;
}
