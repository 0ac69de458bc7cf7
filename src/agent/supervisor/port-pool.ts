import { freePort } from "../../system/free-port.ts";

/** Hands out ports so that no two processes that start side by side are given the same one. */
export type PortPool = { take(): Promise<number>; giveBack(port: number): void };

export function createPortPool(): PortPool {
  const taken = new Set<number>();
  return {
    async take() {
      for (;;) {
        const port = await freePort();
        if (taken.has(port)) continue;
        taken.add(port);
        return port;
      }
    },
    giveBack: (port) => void taken.delete(port),
  };
}
