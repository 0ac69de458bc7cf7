// The gateway: takes requests at one shared port by host name, and at a port of its own for each service, and forwards them to
// ready replicas of the revision that split, tag, header, cookie or cohort choose.
//
// 1. A switch loses nothing. Routing is one pointer that `configure` swaps; a request looks at it once, and is in flight on a
//    replica from the moment it is selected until it is over.
// 2. A replica that is removed gets nothing new and keeps what it has, until that ends or a drain's deadline cuts it.
// 3. A request for a revision without replicas waits, and so does one for a paused service. What waits has been sent nowhere.
// 4. A crash of a replica costs at most the requests that were in flight on it.
// 5. What a client sends is hostile until parsed, and only node's strict parser parses it.
import { ServerResponse, type IncomingMessage } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { AccessLine, TrafficSnapshot } from "../../wire/traffic.ts";
import type { Core } from "./core.ts";
import { drain } from "./drain.ts";
import { Exchange } from "./exchange.ts";
import type { Injected } from "./injected.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { listen, type Handlers, type Listener } from "./listener.ts";
import type { Endpoint } from "./replica.ts";
import type { RevisionState } from "./revision-state.ts";
import { compileRoutes, type RevisionKey, type RouteTable } from "./routing-table.ts";
import { ServiceState, type Pause } from "./service-state.ts";
import { Tunnel } from "./tunnel.ts";

export type { AccessLine, Endpoint, Limits, Pause, RevisionKey, RouteTable };

export type GatewayOptions = {
  /** Where it answers to host names; 0 for any free port. */
  readonly port: number;
  /** A request came for a revision that has no ready replica. Called when the first one begins to wait. */
  readonly onWanted?: (key: RevisionKey) => void;
  /** Once for each request, when it is over. It must be quick. */
  readonly onAccess?: (line: AccessLine) => void;
  /** How long a request waits for a first replica. */
  readonly parkMs?: number;
  readonly limits?: Partial<Limits>;
};

export type Gateway = {
  readonly port: number;
  /** Swaps the whole table. Said twice it is done once. When a port cannot be opened, nothing has changed. */
  configure(table: RouteTable): Promise<void>;
  /** The ready replicas of a revision. Requests that wait for one go on; replicas that are not named any more get nothing new. */
  setEndpoints(key: RevisionKey, endpoints: readonly Endpoint[]): void;
  /** From here on nothing new is sent there. */
  removeEndpoint(key: RevisionKey, id: string): void;
  /** Waits for what is in flight on the revision, or on one of its replicas, and cuts what is left at the deadline. */
  drained(key: RevisionKey, options: { readonly id?: string; readonly deadlineMs: number }): Promise<{ cut: number }>;
  /** It is not known any more: what was counted of it goes. */
  forget(key: RevisionKey): void;
  /** No replica will come: requests that wait for one are told why. */
  fail(key: RevisionKey, reason: string): void;
  /** Requests wait, each for at most so long; the probe path is answered with 200. */
  pause(environment: string, service: string, pause: Pause): void;
  resume(environment: string, service: string): void;
  paused(environment: string, service: string): boolean;
  /** What goes wrong on purpose with a service's requests, from now on. */
  inject(environment: string, service: string, injected: readonly Injected[]): void;
  inFlight(key: RevisionKey, id?: string): number;
  /** Milliseconds since 1970; 0 when there was none. */
  lastRequestAt(key: RevisionKey): number;
  parked(environment: string, service: string): number;
  traffic(): TrafficSnapshot;
  /** Answers what is in flight, within the limit for that, and leaves no connection behind. */
  close(): Promise<void>;
};

export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const limits: Limits = { ...defaultLimits, ...options.limits };
  const services = new Map<string, ServiceState>();
  const ports = new Map<string, { readonly wanted: number; readonly listener: Listener }>();

  const serviceOf = (environment: string, service: string): ServiceState => {
    const name = JSON.stringify([environment, service]);
    const known = services.get(name);
    if (known) return known;
    const made = new ServiceState(environment, service, limits);
    services.set(name, made);
    return made;
  };
  const revisionOf = ({ environment, service, revision }: RevisionKey): RevisionState =>
    serviceOf(environment, service).revision(revision);

  const core: Core = {
    routes: compileRoutes({ environments: {} }, serviceOf),
    closing: false,
    limits,
    parkMs: options.parkMs ?? 30_000,
    onWanted: options.onWanted ?? (() => {}),
    onAccess: options.onAccess,
  };
  const shared = await listen(options.port, limits, handlersFor(core));

  const apply = async (table: RouteTable): Promise<void> => {
    await openPorts(table, ports, (environment, service) => handlersFor(core, serviceOf(environment, service)), limits);
    for (const [environment, { services: all, unlogged = [], traceShare = 1 }] of Object.entries(table.environments))
      for (const [service, { split, requestMs }] of Object.entries(all)) {
        const state = serviceOf(environment, service);
        state.configure(split, requestMs);
        state.watch(
          unlogged.flatMap((one) => (one.service === service ? [one.path] : [])),
          traceShare,
        );
      }
    core.routes = compileRoutes(table, serviceOf);
    for (const state of services.values()) {
      if (table.environments[state.environment]?.services[state.service] === undefined)
        state.configure({ shares: [], tags: {} }, undefined);
      state.reconsider();
    }
  };
  let configuring: Promise<unknown> = Promise.resolve();

  return {
    port: shared.port,
    configure(table) {
      // One after the other: two that open the same port at once would be in each other's way.
      const done = configuring.then(() => apply(table));
      configuring = done.catch(() => undefined);
      return done;
    },
    setEndpoints: (key, endpoints) => revisionOf(key).setEndpoints(endpoints),
    removeEndpoint: (key, id) => revisionOf(key).removeEndpoint(id),
    drained: (key, { id, deadlineMs }) => drain(revisionOf(key).draining(id), deadlineMs),
    forget({ environment, service, revision }) {
      const state = serviceOf(environment, service);
      void state.revisions.get(revision)?.close();
      state.revisions.delete(revision);
    },
    fail: (key, reason) => revisionOf(key).lot.failAll({ status: 503, fault: "start-failed", reason }),
    pause(environment, service, pause) {
      serviceOf(environment, service).pause = pause;
    },
    resume(environment, service) {
      const state = serviceOf(environment, service);
      state.pause = undefined;
      state.lot.releaseAll();
    },
    paused: (environment, service) => serviceOf(environment, service).pause !== undefined,
    inject(environment, service, injected) {
      serviceOf(environment, service).injected = injected.length === 0 ? undefined : injected;
    },
    inFlight(key, id) {
      return revisionOf(key)
        .draining(id)
        .reduce((sum, replica) => sum + replica.inFlight.size, 0);
    },
    lastRequestAt: (key) => revisionOf(key).lastRequestAt,
    parked: (environment, service) => serviceOf(environment, service).parked,
    traffic() {
      const states = [...services.values()];
      const revisions = states.flatMap((state) => [...state.revisions.values()]);
      return {
        at: new Date().toISOString(),
        revisions: revisions.map((one) => one.traffic()),
        logged: states.map(({ environment, service, written, leftOut }) => ({ environment, service, written, leftOut })),
      };
    },
    async close() {
      core.closing = true;
      const why = { status: 503, fault: "closing", reason: "the gateway is closing" } as const;
      for (const state of services.values()) {
        state.lot.failAll(why);
        for (const revision of state.revisions.values()) {
          revision.lot.failAll(why);
          for (const replica of revision.draining()) for (const exchange of replica.inFlight.snapshot()) exchange.goingAway();
        }
      }
      await Promise.all([shared, ...[...ports.values()].map(({ listener }) => listener)].map((one) => one.close()));
      await Promise.all([...services.values()].flatMap((state) => [...state.revisions.values()].map((one) => one.close())));
    },
  };
}

function handlersFor(core: Core, bound?: ServiceState): Handlers {
  return {
    onRequest: (request, response) => new Exchange(core, request, response).begin(bound),
    onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer) {
      const response = new ServerResponse(request);
      response.shouldKeepAlive = false;
      response.assignSocket(socket as Socket);
      new Tunnel(core, request, response, { socket: socket as Socket, head }).begin(bound);
    },
  };
}

/** Opens what is new before it closes what is gone; either all that is new is open afterwards or none of it. */
async function openPorts(
  table: RouteTable,
  open: Map<string, { readonly wanted: number; readonly listener: Listener }>,
  handlers: (environment: string, service: string) => Handlers,
  limits: Limits,
): Promise<void> {
  const wanted = new Map<string, { environment: string; service: string; port: number }>();
  for (const [environment, { ports }] of Object.entries(table.environments))
    for (const [service, port] of Object.entries(ports))
      wanted.set(JSON.stringify([environment, service]), { environment, service, port });
  const opened: (readonly [string, { wanted: number; listener: Listener }])[] = [];
  try {
    for (const [name, { environment, service, port }] of wanted)
      if (open.get(name)?.wanted !== port)
        opened.push([name, { wanted: port, listener: await listen(port, limits, handlers(environment, service)) }]);
  } catch (error) {
    await Promise.all(opened.map(([, { listener }]) => listener.close()));
    throw error;
  }
  const closing: Listener[] = [];
  for (const [name, { listener, wanted: port }] of open)
    if (wanted.get(name)?.port !== port) {
      closing.push(listener);
      open.delete(name);
    }
  for (const [name, one] of opened) open.set(name, one);
  // Their last answers may take a while, and nobody needs to wait for them.
  for (const listener of closing) void listener.close();
}
