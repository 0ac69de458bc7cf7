import { setTimeout as sleep } from "node:timers/promises";
import type { Release } from "../../delivery/release.ts";
import { GantryError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import type { Given } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import type { Platform } from "../platform.ts";
import { type OpenLink, releaseText } from "./release-text.ts";

type Seen = { readonly kind: "seen"; readonly release: Release; readonly ended: boolean; readonly links: readonly OpenLink[] };

const againAfterMs = 500;
const patienceMs = 60_000;
const redrawMs = 500;

/** Whether whoever waits has their answer: all traffic is on the new revisions, or it was taken back. */
function isSettled({ phase }: Release): boolean {
  return phase === "watching" || phase === "healthy" || phase === "degraded";
}

/**
 * Shows a release until it is settled, and gives back how it stands. A server that dies meanwhile is started again: whoever follows goes
 * on where it was. Ctrl-C ends the looking, not the release.
 */
export async function followRelease(
  platform: Platform,
  { product, id }: { readonly product: string; readonly id: string },
  given: Given,
  isOver: (release: Release) => boolean = isSettled,
): Promise<Release> {
  const view = viewOf(given);
  let last: Release | undefined;
  try {
    await interruptible(async (signal) => {
      let sinceMs = Date.now();
      for (;;) {
        try {
          for await (const { release, ended, links } of platform.send<Seen>("/v1/releases/follow", { product, id }, signal)) {
            last = release;
            sinceMs = Date.now();
            view.show(release, links);
            if (ended || isOver(release)) return;
          }
        } catch (error) {
          if (signal.aborted)
            throw new GantryError("interrupted", `the release ${id} goes on by itself`, {
              hint: `gantry rollout status ${id} -w shows it`,
            });
          if (!(error instanceof GantryError) || error.code !== "not-reachable" || Date.now() - sinceMs > patienceMs) throw error;
        }
        await sleep(againAfterMs);
        await platform.revive();
      }
    });
  } finally {
    view.end();
  }
  if (last === undefined) throw new GantryError("unknown-run", `nothing is known of release ${id}`);
  return last;
}

/** On a terminal a picture that is drawn anew, elsewhere a line for each thing that happened. */
function viewOf({ err, colours, options }: Given): { show(release: Release, links: readonly OpenLink[]): void; end(): void } {
  if (options["json"] === true) return { show: () => {}, end: () => {} };
  if (process.stderr.isTTY) return picture(err, colours);
  let told = 0;
  let id: string | undefined;
  const linked = new Set<string>();
  return {
    show(release, links) {
      if (id !== release.id) [id, told] = [release.id, 0];
      for (const { atMs, what, because } of release.record.slice(told))
        err(
          `${new Date(atMs).toISOString().slice(11, 19)}  ${printable(what)}${because === undefined ? "" : `: ${printable(because)}`}\n`,
        );
      told = release.record.length;
      for (const link of links.filter(({ url }) => !linked.has(url))) {
        linked.add(link.url);
        err(`          ${printable(link.role)} may decide at ${link.url}\n`);
      }
    },
    end: () => {},
  };
}

function picture(
  err: (text: string) => void,
  colours: Given["colours"],
): { show(release: Release, links: readonly OpenLink[]): void; end(): void } {
  let drawn = 0;
  let last: Release | undefined;
  let open: readonly OpenLink[] = [];
  const draw = (isLast = false): void => {
    if (last === undefined) return;
    const width = process.stderr.columns || 80;
    const height = process.stderr.rows || 24;
    const whole = releaseText(last, Date.now(), colours, open)
      .split("\n")
      .map((line) => cut(line, width - 1));
    // What has scrolled away cannot be drawn anew: only the last picture may be higher than the screen.
    const lines = isLast ? whole : whole.slice(0, Math.max(2, height - 1));
    err(`${drawn > 0 ? `\u001b[${drawn}A` : ""}\u001b[J${lines.join("\n")}`);
    drawn = lines.length - 1;
  };
  const timer = setInterval(() => draw(), redrawMs);
  return {
    show(release, links) {
      [last, open] = [release, links];
      draw();
    },
    end() {
      clearInterval(timer);
      draw(true);
    },
  };
}

/** A line that wraps would be two to whoever goes back up. */
function cut(line: string, most: number): string {
  let [length, out] = [0, ""];
  // eslint-disable-next-line no-control-regex -- colours take no room
  for (const part of line.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith("\u001b")) {
      out += part;
      continue;
    }
    const kept = Array.from(part).slice(0, Math.max(0, most - length));
    length += kept.length;
    out += kept.join("");
  }
  return out;
}
