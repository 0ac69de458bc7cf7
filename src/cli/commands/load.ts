import { type Command } from "../command.ts";

export const load: Command = {
  name: "load",
  summary:
    "Sends requests to an environment that runs here, as many a second as are asked for, whatever becomes of those before; says how long " +
    "they took from the moment at which they were due, and holds what happens to what is expected. Without --rps and --ramp " +
    "it is the load test of the spec, with what that asserts.",
  takes: "[env] [exercise]",
  completes: ["environment", "load test"],
  options: {
    rps: {
      type: "string",
      short: "r",
      placeholder: "50",
      help: "requests a second; or diurnal:20..200rps, spikes:50rps,x4,every=1m,for=5s, or a file of seconds,requests a second",
    },
    ramp: { type: "string", placeholder: "10..200", help: "instead: from so many to so many a second, in a straight line" },
    for: { type: "string", placeholder: "1m", help: "for so long; else for ten seconds" },
    service: { type: "string", short: "s", placeholder: "name", help: "to this service; else to the first that takes requests" },
    path: { type: "string", multiple: true, placeholder: "/path", help: "what is asked for; several take turns" },
    method: { type: "string", placeholder: "POST", help: "instead of GET" },
    header: { type: "string", multiple: true, placeholder: "name: value", help: "sent with each" },
    body: { type: "string", placeholder: "text", help: "sent with each; @file reads it" },
    expect: {
      type: "string",
      short: "x",
      multiple: true,
      placeholder: "expectation",
      help: '"scaling(api)", "replicas(api) > 1", "alerts are quiet", "alert(API errors) fires" or "is quiet", "p95 < 300ms", "errors < 1%", "query(<PromQL>) > 3"',
    },
    settle: { type: "string", placeholder: "30s", help: "keeps looking for so long when the last answer is there" },
    connections: { type: "string", placeholder: "256", help: "so many at a time; what finds none free waits, and that counts" },
    timeout: { type: "string", placeholder: "30s", help: "after so long a request counts as lost" },
    even: { type: "boolean", help: "evenly, instead of as strangers come" },
    seed: { type: "string", placeholder: "n", help: "where chance begins: the same seed gives the same moments" },
  },
  examples: [
    "gantry load staging",
    "gantry load staging --rps 50 --for 2m",
    'gantry load staging --ramp 10..300 --for 5m --expect "replicas(api) > 1" --expect "p95 < 300ms"',
    'gantry load staging --rps 40 --path /api/broken --expect "alert(API errors) fires" --settle 1m',
  ],
  async run(given) {
    const { loadCommand } = await import("../load/load-command.ts");
    return loadCommand(given);
  },
};
