import { createHash } from "node:crypto";
import { ConflictError, UserError } from "../../../lib/errors.ts";
import type { Store } from "../../../store/store.ts";
import type { Asker } from "./asker.ts";

export type Once = {
  readonly asked: {
    readonly asker: Asker;
    readonly route: string;
    readonly path: string;
    readonly body: unknown;
    readonly isSecret: boolean;
  };
  readonly work: () => Promise<Result>;
};

type Result = { readonly status: number; readonly body: string };

/** What is said twice with one key is done once, and answered the same. What was refused was not done, and may be said again. */
export async function sayOnce(
  { idempotent }: Pick<Store, "idempotent">,
  key: string | undefined,
  { asked, work }: Once,
): Promise<Result> {
  if (key === undefined) return work();
  if (!/^[\x21-\x7e]{1,200}$/.test(key)) throw new UserError("usage", "an Idempotency-Key has up to 200 printable characters");
  if (asked.isSecret) throw new UserError("usage", "what is shown once cannot be answered again: leave Idempotency-Key out");
  const { id } = asked.asker;
  const digest = createHash("sha256")
    .update(JSON.stringify([asked.route, asked.path, asked.body]))
    .digest();
  const before = await idempotent.begin(id, key, digest);
  if (before.is === "done") return before;
  if (before.is === "other") throw new UserError("key-used", "this key was used for something else");
  if (before.is === "under way")
    throw new ConflictError("under-way", "this very thing is being done", { hint: "ask again in a moment" });
  try {
    const result = await work();
    await idempotent.end(id, key, result);
    return result;
  } catch (error) {
    await idempotent.forget(id, key).catch(() => {});
    throw error;
  }
}
