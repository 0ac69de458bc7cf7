import { createClient } from "../../../src/api/client.ts";
import type { Routes } from "../../../src/api/routes.ts";

/** Everything the server may be asked, typed by its own table of routes. */
export const api = createClient<Routes>({ base: "", send: (url, sent) => fetch(url, { ...sent, cache: "no-store" }) });

/** A key that makes saying the same thing twice harmless: a click, and the same click again where no answer came. */
export function onceKey(): string {
  return crypto.randomUUID();
}
