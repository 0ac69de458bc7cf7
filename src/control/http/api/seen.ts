import type { EnvironmentStatus, PlatformStatus } from "../../../wire/up.ts";
import type { Control } from "../../control.ts";
import { statusNow } from "../../status-now.ts";
import { shared } from "./written.ts";

// What is there of a product, looked at once for all who ask at about the same time: two hundred open pages ask the same, and the answer is the
// same for all who may see as much.
//
// 1. What has been said to have happened is in what is looked at after it: an event, a run that was moved, a change that was asked for here.
// 2. What nobody says (how many requests are in flight, a replica that is started again) is a second old at most.

const keptMs = 1_000;
const most = 50;

type Answer = { readonly items: readonly EnvironmentStatus[] };
type Kept = { readonly atMs: number; readonly status: Promise<PlatformStatus>; readonly answers: Map<string, Answer> };

export type Seen = {
  status(product: string): Promise<PlatformStatus>;
  /** Those that may be seen; the same object for the same, as long as nothing was looked at anew. */
  environments(product: string, isSeen: (environment: string) => boolean): Promise<Answer>;
  /** Something was changed: whoever asks from now on sees it. */
  forget(): void;
};

export function createSeen(control: Pick<Control, "platform" | "watch">, nowMs: () => number): Seen {
  const kept = new Map<string, Kept>();
  const forget = (): void => kept.clear();
  control.platform.store.bell.on((heard) => {
    if (heard === undefined || heard.what === "event" || heard.what === "changed") forget();
  });
  const look = (product: string): Kept => {
    const before = kept.get(product);
    // A clock that was set back makes nothing young again.
    const ageMs = before === undefined ? Infinity : nowMs() - before.atMs;
    if (before !== undefined && ageMs >= 0 && ageMs < keptMs) return before;
    const mine: Kept = { atMs: nowMs(), status: statusNow(control, product), answers: new Map() };
    if (kept.size >= most) forget();
    kept.set(product, mine);
    mine.status.catch(() => kept.get(product) === mine && kept.delete(product));
    return mine;
  };
  return {
    forget,
    status: (product) => look(product).status,
    async environments(product, isSeen) {
      const { status, answers } = look(product);
      const items = (await status).environments.filter(({ environment }) => isSeen(environment));
      const key = items.map(({ environment }) => environment).join(" ");
      const answer = answers.get(key) ?? shared({ items });
      answers.set(key, answer);
      return answer;
    },
  };
}
