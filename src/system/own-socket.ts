import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { holdFolder } from "./kernel-lock.ts";

export type OwnSocket = { serve(server: Server): Promise<void>; release(): void };

/**
 * A Unix socket that one process has, and only its owner can open. Undefined where a running process has it: the folder's lock says so,
 * which ends with the process, so that what was killed leaves nothing that has to be cleared away.
 */
export async function ownSocket(socket: string, lockFolder: string): Promise<OwnSocket | undefined> {
  const release = await holdFolder(lockFolder);
  if (!release) return undefined;
  // Nobody runs who could be listening there.
  rmSync(socket, { force: true });
  return {
    serve: (server) =>
      new Promise((resolve, reject) => {
        server.once("error", reject);
        server.listen(socket, () => {
          chmodSync(socket, 0o600);
          resolve();
        });
      }),
    release() {
      rmSync(socket, { force: true });
      release();
    },
  };
}
