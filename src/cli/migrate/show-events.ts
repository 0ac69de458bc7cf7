import { printable } from "../../lib/text.ts";
import type { MigrateEvent } from "../../migrations/run/events.ts";
import type { Given } from "../command.ts";
import { duration } from "../progress.ts";

/** Tells people what happens while it happens; the same is kept for programs. */
export function shownEvents({ err, colours, options }: Given): {
  readonly tell: (event: MigrateEvent) => void;
  readonly events: readonly MigrateEvent[];
} {
  const events: MigrateEvent[] = [];
  let lastMs = 0;
  return {
    events,
    tell(event) {
      // Of a long backfill the newest is enough.
      if (event.event === "backfilled" && events.at(-1)?.event === "backfilled") events.pop();
      events.push(event);
      if (options["json"] === true) return;
      if (event.event === "backfilled") {
        if (Date.now() - lastMs < 1_000) return;
        lastMs = Date.now();
      }
      const line = lineOf(event, colours);
      if (line !== undefined) err(`  ${line}\n`);
    },
  };
}

function lineOf(event: MigrateEvent, { green, yellow, dim }: Given["colours"]): string | undefined {
  switch (event.event) {
    case "waiting-turn":
      return `${yellow("…")} another runner is at it${event.holder === undefined ? "" : ` (${printable(event.holder)})`}: waiting for its end`;
    case "restore-point":
      return event.because === undefined
        ? dim(`restore point "${printable(event.name)}" at ${event.lsn ?? "?"}`)
        : dim(`no restore point: ${printable(event.because)}`);
    case "note":
      return `${yellow("!")} ${event.migration === undefined ? "" : `${printable(event.migration)}: `}${printable(event.says)}`;
    case "began":
      return undefined;
    case "locked-out":
      return `${yellow("…")} ${printable(event.migration)} gives way: its lock is not free, try ${event.attempt + 1} in ${duration(event.nextMs)}${event.holder === undefined ? "" : dim(` (${printable(event.holder)})`)}`;
    case "index-dropped":
      return `${yellow("!")} ${printable(event.migration)}: the invalid index ${printable(event.index)} is dropped`;
    case "backfilled": {
      const percent = event.of === 0 ? 100 : Math.min(100, Math.floor((event.seen / event.of) * 100));
      return `${dim("…")} ${printable(event.migration)}: ${event.seen} of about ${event.of} rows (${percent} %), ${event.changed} changed${event.waiters > 0 ? `, ${event.waiters} wait for it: smaller batches` : ""}`;
    }
    case "throttled":
      return `${yellow("…")} ${printable(event.migration)}: ${printable(event.because)}`;
    case "applied":
      return `${green("✓")} ${printable(event.migration)}${dim(` ${duration(event.ms)}`)}`;
    case "reverted":
      return `${green("✓")} ${printable(event.migration)} is undone${dim(` ${duration(event.ms)}`)}`;
  }
}
