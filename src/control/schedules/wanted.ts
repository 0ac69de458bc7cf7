import type { Environment } from "../../spec/environment.ts";
import type { NewSchedule } from "../../store/schedules.ts";

/** What an environment says of set times: jobs, and when it rests. */
export function schedulesOf({ services, offHours }: Environment): readonly Omit<NewSchedule, "nextAt">[] {
  const jobs = Object.entries(services).flatMap(([service, { schedule, here, missed }]) =>
    schedule === undefined || here === undefined
      ? []
      : [{ name: service, kind: "job", about: { service }, cron: schedule, missed: ruleOf(missed ?? "skip") } as const],
  );
  if (offHours === undefined) return jobs;
  const { stop, from, until, missed = "catch up" } = offHours;
  const rests = (name: string, does: "stop" | "start", cron: string, other: string) =>
    ({
      name,
      kind: "off-hours",
      about: { does, what: stop.map(({ ref }) => ref), other },
      cron,
      missed: ruleOf(missed),
    }) as const;
  return [...jobs, rests("off hours begin", "stop", from, until), rests("off hours end", "start", until, from)];
}

function ruleOf(missed: "skip" | "catch up"): NewSchedule["missed"] {
  return missed === "skip" ? "skip" : "last";
}
