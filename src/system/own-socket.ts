import { chmodSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { ownName } from "./one-owner.ts";

/** A Unix socket that one process has, and only its owner can open. Undefined where a running process has it. */
export function ownSocket(socket: string): { serve(server: Server): Promise<void>; release(): void } | undefined {
  const owned = ownName(`${socket}.owner`);
  if (!owned) return undefined;
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
      owned.release();
    },
  };
}
