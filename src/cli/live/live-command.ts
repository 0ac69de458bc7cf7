import { UserError } from "../../lib/errors.ts";
import { isStruck, parseLiveFault } from "../../rehearse/faults/live-fault.ts";
import type { AlertView } from "../../wire/signals.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import type { Load } from "../load/drive.ts";
import { parseExpectation, requireKnown } from "../load/expectation.ts";
import { askedLoad, spanOf } from "../load/read-options.ts";
import { servicesOf } from "../load/services-of.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { listOf, numberOf } from "../rehearse/circumstances.ts";
import { oneOf, queryText, whatRuns } from "../running.ts";
import { playGameDay } from "./game-day.ts";
import { liveText, verdictOf } from "./live-text.ts";

const usual = { traffic: "50rps", forMs: 20_000, runs: 300 } as const;
const longestMs = 3_600_000;
/** What is about a clock that jumps says nothing of one that does not. */
const virtualOnly = [
  "table",
  "against",
  "advise",
  "html",
  "seed",
  "base-errors",
  "bursts",
  "users",
  "capacity",
  "approvals",
  "start",
];

export async function liveCommand(given: Given): Promise<number> {
  const { args, options, out, err, colours, outColours } = given;
  const other = virtualOnly.find((name) => options[name] !== undefined);
  if (other !== undefined)
    throw new UserError("usage", `--${other} is about a rehearsal on a virtual clock`, {
      hint: "leave it out, or leave out --live",
    });
  if (args.length > 2)
    throw new UserError("usage", "a game day is about one service", { hint: "gantry rehearse staging api --live" });
  const faults = listOf(options["fault"]);
  if (faults.length === 0)
    throw new UserError("usage", "say what is to go wrong", {
      hint: "--fault api:kill, --fault db:down+5s, --fault errors=5% --release",
    });
  const parsed = faults.flatMap((text) => parseLiveFault(text) ?? []);
  const traffic = listOf(options["traffic"]);
  if (traffic.length > 1) throw new UserError("usage", "--traffic is of the one service here", { hint: "--traffic 50rps" });
  const { target, rate, rateText } = askedLoad({ options: { rps: traffic[0] ?? usual.traffic, path: options["path"] } });
  const forMs = spanOf(options["for"], "for", longestMs) ?? usual.forMs;
  const runs = numberOf(options["runs"], { name: "runs", suffix: "", least: 20, most: 100_000 }) ?? usual.runs;
  const expectations = listOf(options["expect"]).map(parseExpectation);

  const running = await whatRuns(given);
  const { platform, product } = running;
  const name = oneOf(running, args[0]);
  const environment = chooseEnvironment(await readSoundSpec(given), name.split(".", 1)[0] ?? "", switchesOf(given));
  const services = await servicesOf(platform, { product, environment: name });
  const { service, port } = services.chosen(args[1]);
  const { status } = services;
  if (status === undefined) throw new UserError("unknown-environment", `${name} is not up here`);
  const alerts = await platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product, environment: name })}`);
  requireKnown(expectations, { services: services.names, alerts: alerts.map((one) => one.name) });

  const json = options["json"] === true;
  const say = (text: string): void => {
    if (!json) err(`${colours.dim(new Date().toISOString().slice(11, 19))}  ${text}\n`);
  };
  const load: Load = { target: { ...target, port }, rate, forMs, connections: 256, timeoutMs: 30_000, seed: 1, even: false };
  const played = await interruptible((signal) =>
    playGameDay(
      {
        platform,
        product,
        environment,
        service,
        faults,
        load,
        forMs,
        expectations,
        runs,
        say,
        before: status,
        releases: options["release"] === true,
        rehearsed: parsed.flatMap((one) => (isStruck(one) ? [] : [one])),
      },
      given,
      signal,
    ),
  );
  const about = { product, environment: name, service, injected: faults, traffic: rateText };
  const verdict = verdictOf(played);
  if (json) out(`${JSON.stringify({ ok: verdict.ok, ...about, ...played, surprises: verdict.surprises }, undefined, 2)}\n`);
  else out(liveText(about, played, verdict, outColours));
  if (!played.isWhole) return 130;
  return verdict.ok ? exit.done : exit.no;
}
