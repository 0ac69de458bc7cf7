import type { UsersSeen } from "../../wire/traffic.ts";

/** One user of a request, as the split tells users apart. */
export type User = {
  /** Of the split: each release divides its users anew. */
  readonly salt: string;
  readonly id: string;
  /** It was given its name with this very answer, and may be somebody who keeps no cookies. */
  readonly isNew: boolean;
};

/** So many are told apart; of more it is said that there are more. */
export const mostUsers = 10_000;
const longestId = 256;

/**
 * Whom a revision has answered, and whom it has failed, under one salt.
 *
 * 1. Only who comes back by the name that was given is somebody: a client without cookies is not a thousand users.
 * 2. Whose first answer failed is remembered until then, and counted as failed once known.
 * 3. Nobody's name is kept, and no more than a fixed number of marks.
 */
export class Users {
  private salt = "";
  private readonly seen = new Set<number>();
  private readonly failed = new Set<number>();
  private readonly failedFirst = new Set<number>();
  private hasMore = false;

  answered({ salt, id, isNew }: User, isFailure: boolean): void {
    if (salt !== this.salt) this.beginAnew(salt);
    const mark = markOf(id);
    if (isNew) {
      if (isFailure && this.failedFirst.size < mostUsers) this.failedFirst.add(mark);
      return;
    }
    if (!this.seen.has(mark)) {
      if (this.seen.size >= mostUsers) {
        this.hasMore = true;
        return;
      }
      this.seen.add(mark);
    }
    if (isFailure || this.failedFirst.delete(mark)) this.failed.add(mark);
  }

  view(): UsersSeen | undefined {
    if (this.seen.size === 0) return undefined;
    const [seen, failed] = [this.seen.size, this.failed.size];
    return { salt: this.salt, seen, failed, ...(this.hasMore ? { more: true } : {}) };
  }

  private beginAnew(salt: string): void {
    this.salt = salt;
    for (const marks of [this.seen, this.failed, this.failedFirst]) marks.clear();
    this.hasMore = false;
  }
}

/** FNV-1a in thirty bits: of ten thousand users about one in twenty times two share a mark. */
function markOf(id: string): number {
  let hash = 0x811c9dc5;
  const length = Math.min(id.length, longestId);
  for (let index = 0; index < length; index++) hash = Math.imul(hash ^ id.charCodeAt(index), 0x01000193);
  return (hash ^ (hash >>> 30)) & 0x3fffffff;
}
