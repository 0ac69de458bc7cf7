import { existsSync, readFileSync } from "node:fs";
import { writeWhole } from "../system/whole-file.ts";

/** The port of the hosts, kept when everything else has ended, so that addresses stay what they were. */
export function lastPort(file: string): number | undefined {
  const port = existsSync(file) ? Number(readFileSync(file, "utf8")) : NaN;
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined;
}

export function keepPort(file: string, port: number): void {
  writeWhole(file, `${port}\n`);
}
