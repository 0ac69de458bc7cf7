import { UserError } from "../../lib/errors.ts";
import { type Command } from "../command.ts";

export const rehearse: Command = {
  name: "rehearse",
  summary:
    "Releases to an environment on a virtual clock: how its policy treats a release with a fault, or a good one, at this traffic. " +
    "One run as a timeline, or -n many as chances and spans, each with its 95 % interval. Nothing has to run. " +
    "With --live the same faults happen to what runs here, under load, and are put back.",
  takes: "[env] [service…]",
  completes: ["environment"],
  options: {
    fault: {
      type: "string",
      short: "f",
      multiple: true,
      placeholder: "fault",
      help: "errors=3%, latency=+20%, crash@10m, crash-at-start, leak=2h, smoke, dependency=30%@10m+5m or none; api:errors=3%@10m in one service",
    },
    traffic: {
      type: "string",
      multiple: true,
      placeholder: "traffic",
      help: "of each service: 50rps, diurnal:20..200rps, spikes:50rps,x4,every=1h,for=5m, or a file of seconds,requests a second; api=5rps of one",
    },
    runs: { type: "string", short: "n", placeholder: "n", help: "so many runs, instead of one" },
    seed: { type: "string", placeholder: "n", help: "where chance begins: the same seed gives the same bytes" },
    table: {
      type: "boolean",
      help: "each --fault at each --traffic, or the usual ones; without an environment for all that release",
    },
    against: {
      type: "string",
      placeholder: "file",
      help: "another spec: the same environment's policy there, under the same circumstances",
    },
    advise: { type: "boolean", help: "also rehearses what might be better, and says what was" },
    html: { type: "string", placeholder: "file", help: "writes one page with charts" },
    threads: { type: "string", placeholder: "n", help: "how many rehearse at a time; as many as there are cores" },
    switch: { type: "string", multiple: true, placeholder: "name=case", help: "choose the case of a switched environment" },
    "base-errors": { type: "string", placeholder: "0.1%", help: "how many requests fail when nothing is wrong" },
    bursts: { type: "string", placeholder: "30%", help: "how far the error rate strays from minute to minute" },
    users: { type: "string", placeholder: "n", help: "users who come again and again, and stay on a side" },
    capacity: {
      type: "string",
      placeholder: "20rps",
      help: "what one replica bears; what is too much fails until others are ready",
    },
    approvals: { type: "string", placeholder: "5m", help: "how long people take to approve, or never" },
    live: {
      type: "boolean",
      help: "a game day: in an environment that runs here; also api:kill, api:pause, db:down+5s, cache:slow=200ms",
    },
    exercise: {
      type: "string",
      placeholder: "name",
      completes: "game day",
      help: "with --live: a game day of the spec, with its faults, its load and what it expects",
    },
    release: { type: "boolean", help: "with --live: while the service is released; the new revision has the faults" },
    for: { type: "string", placeholder: "20s", help: "with --live: for so long, where nothing is released" },
    path: { type: "string", multiple: true, placeholder: "/path", help: "with --live: what is asked for" },
    expect: {
      type: "string",
      short: "x",
      multiple: true,
      placeholder: "expectation",
      help: 'with --live: "alert(API errors) fires", "errors < 5%", as gantry load takes them',
    },
    start: { type: "string", placeholder: "2028-02-29T09:00", help: "when it begins, in UTC: freezes and the time of day count" },
  },
  examples: [
    "gantry rehearse prod --fault errors=3%",
    "gantry rehearse prod --fault errors=3% --traffic 5rps -n 10000",
    "gantry rehearse prod --fault errors=3% -n 2000 --advise",
    "gantry rehearse --table -n 500 --html rehearsals.html",
    "gantry rehearse staging --live --fault errors=5% --release",
    "gantry rehearse staging --live --exercise rollback",
    'gantry rehearse staging --live --fault db:down+5s --expect "alert(API errors) fires"',
    "gantry rehearse prod -n 1000 --against ../stricter/gantry.config.ts",
  ],
  async run(given) {
    if (given.options["live"] === true) {
      const { liveCommand } = await import("../live/live-command.ts");
      return liveCommand(given);
    }
    const live = ["exercise", "release", "for", "path", "expect"].find((name) => given.options[name] !== undefined);
    if (live !== undefined) throw new UserError("usage", `--${live} is for --live`, { hint: "gantry rehearse staging --live …" });
    const { rehearseCommand } = await import("../rehearse/rehearse-command.ts");
    return rehearseCommand(given);
  },
};
