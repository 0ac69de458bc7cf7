import { readFileSync } from "node:fs";
import path from "node:path";
import { freePort } from "../system/free-port.ts";
import type { Place } from "../system/place.ts";
import { writeWhole } from "../system/whole-file.ts";

export function portsOf(place: Place) {
  return portsIn(path.join(place.folder, "ports.json"));
}

/** Ports that stay the same from one start to the next, as long as nobody else takes them meanwhile. */
export function portsIn(file: string) {
  // Only what would be nice: a file that cannot be read costs nothing but other ports.
  const read = (): Record<string, number> => {
    try {
      return JSON.parse(readFileSync(file, "utf8")) as Record<string, number>;
    } catch {
      return {};
    }
  };
  return {
    async of(name: string, inUse: boolean): Promise<number> {
      const known = read();
      const port = inUse && known[name] !== undefined ? known[name] : await freePort(known[name]);
      if (known[name] !== port) writeWhole(file, `${JSON.stringify({ ...read(), [name]: port })}\n`);
      return port;
    },
  };
}
