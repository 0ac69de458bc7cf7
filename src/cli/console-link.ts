import type { LocalPlatform } from "./platform.ts";

/** Where a browser comes in as whoever has this machine: once. */
export async function consoleLink(platform: LocalPlatform): Promise<string> {
  for await (const { url } of platform.send<{ readonly url: string }>("/v1/login", {})) return url;
  return "";
}
