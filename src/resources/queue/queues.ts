import path from "node:path";
import type { QueueConfig, QueueDepth, ResourceAccess, ResourcePrincipal } from "../../wire/resources.ts";
import { Fault } from "../fault.ts";
import { fileNameOf, type Places } from "../places.ts";
import { createOpened } from "../opened.ts";
import { mayUse } from "../principals.ts";
import { openMessageQueue, type MessageQueue } from "./message-queue.ts";

const deadSuffix = "-dead";
const deadKeepMs = 14 * 86_400_000;

export type NamedQueue = {
  readonly name: string;
  readonly config: QueueConfig;
  readonly isDead: boolean;
  readonly queue: MessageQueue;
};

export type Queues = {
  readonly configure: (configs: readonly QueueConfig[]) => Promise<void>;
  /** The queue of this name, when the service may do this with it. */
  readonly use: (principal: ResourcePrincipal, name: string, access?: ResourceAccess) => Promise<NamedQueue>;
  readonly namesFor: (principal: ResourcePrincipal) => string[];
  readonly openAll: () => Promise<void>;
  readonly tidy: () => Promise<void>;
  readonly depths: () => Promise<QueueDepth[]>;
  readonly brokenLines: () => Promise<number>;
  readonly closeEnvironment: (environment: string) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** The queues of this machine, and beside each that counts tries the one for what had them all. */
export function createQueues(places: Places, clock: () => number): Queues {
  type Known = { readonly config: QueueConfig; readonly isDead: boolean };
  let configs = new Map<string, Known>();
  const opened = createOpened<MessageQueue>();

  function open(name: string): Promise<MessageQueue> {
    const found = configs.get(name);
    if (!found) throw new Fault("QueueDoesNotExist", 400, "The specified queue does not exist.");
    return opened.get(found.config.environment, name, async () => {
      const folder = await places.folder(found.config.environment, "queues");
      return openMessageQueue(path.join(folder, `${fileNameOf(name)}.journal`), optionsOf(name), clock);
    });
  }

  function optionsOf(name: string): Parameters<typeof openMessageQueue>[1] {
    const found = configs.get(name);
    if (!found || found.isDead) return { visibilityMs: found?.config.visibilityMs ?? 30_000, keepMs: deadKeepMs };
    const { visibilityMs, tries, keepMs, ordered } = found.config;
    return {
      visibilityMs,
      ...(tries === undefined ? {} : { tries }),
      ...(keepMs === undefined ? {} : { keepMs }),
      ...(ordered === undefined ? {} : { ordered }),
      setAside: async ({ id, body, attributes, group, sender }) => {
        const dead = await open(`${name}${deadSuffix}`);
        await dead.send([{ id, body, attributes, sender, ...(group === undefined ? {} : { group }) }]);
      },
    };
  }

  function isGranted(principal: ResourcePrincipal, name: string, access?: ResourceAccess): boolean {
    const found = configs.get(name);
    if (!found) return false;
    return mayUse(principal, "queue", found.config.name, found.isDead && access === "push" ? "take" : access);
  }

  return {
    namesFor: (principal) => [...configs.keys()].filter((name) => isGranted(principal, name)),
    use: async (principal, name, access) => {
      const found = configs.get(name);
      if (!found) throw new Fault("QueueDoesNotExist", 400, "The specified queue does not exist.");
      if (!isGranted(principal, name, access))
        throw new Fault(
          "AccessDenied",
          403,
          `${principal.service} of ${principal.environment} may not ${access ?? "use"} ${name}`,
        );
      return { name, ...found, queue: await open(name) };
    },
    configure: async (next) => {
      configs = new Map();
      for (const config of next) {
        configs.set(config.name, { config, isDead: false });
        if (config.tries !== undefined) configs.set(`${config.name}${deadSuffix}`, { config, isDead: true });
      }
      await opened.keepOnly([...configs].map(([name, { config }]) => ({ name, environment: config.environment })));
      for (const [name, queue] of await opened.all()) queue.configure(optionsOf(name));
    },
    openAll: async () => {
      for (const name of configs.keys()) await open(name);
    },
    tidy: async () => {
      for (const [, queue] of await opened.all()) await queue.tidy();
    },
    depths: async () => {
      const counts = new Map((await opened.all()).map(([name, queue]) => [name, queue.counts()]));
      return [...configs].flatMap(([name, { config, isDead }]) => {
        const mine = counts.get(name);
        if (isDead || !mine) return [];
        const dead = counts.get(`${name}${deadSuffix}`);
        return [{ name, environment: config.environment, ...mine, dead: dead ? dead.visible + dead.inFlight + dead.delayed : 0 }];
      });
    },
    brokenLines: async () => (await opened.all()).reduce((sum, [, queue]) => sum + queue.brokenLines(), 0),
    closeEnvironment: opened.closeEnvironment,
    close: () => opened.close(),
  };
}
