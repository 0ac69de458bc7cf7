import { UserError } from "../../lib/errors.ts";
import { listOf } from "../../rehearse/campaign/circumstances.ts";
import type { AlertView } from "../../wire/signals.ts";
import { type Given, exit } from "../command.ts";
import { interruptible } from "../interruptible.ts";
import type { Load } from "../load/drive.ts";
import { requireKnown } from "../load/expectation.ts";
import { servicesOf } from "../load/services-of.ts";
import { chooseEnvironment, readSoundSpec, switchesOf } from "../read-spec.ts";
import { oneOf, queryText, whatRunsHere } from "../running.ts";
import { askedDay } from "./asked-day.ts";
import { playGameDay } from "./game-day.ts";
import { liveText, verdictOf } from "./live-text.ts";
import { spokenDay } from "./spoken-day.ts";

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
  const exercise = options["exercise"];
  if (listOf(options["fault"]).length === 0 && exercise === undefined)
    throw new UserError("usage", "say what is to go wrong", {
      hint: "--fault api:kill, --fault db:down+5s, --fault errors=5% --release",
    });
  // What the command line says is refused before anything is asked.
  askedDay(given);

  const running = await whatRunsHere(given);
  const { platform, product } = running;
  const name = oneOf(running, args[0]);
  const environment = chooseEnvironment(await readSoundSpec(given), name.split(".", 1)[0] ?? "", switchesOf(given));
  const spoken = typeof exercise === "string" ? spokenDay(environment, exercise) : undefined;
  const { rateText, target, ...asked } = askedDay(given, spoken);
  const services = await servicesOf(platform, { product, environment: name });
  const { service, port } = services.chosen(args[1] ?? spoken?.service);
  const { status } = services;
  if (status === undefined) throw new UserError("unknown-environment", `${name} is not up here`);
  const alerts = await platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product, environment: name })}`);
  requireKnown(asked.expectations, { services: services.names, alerts: alerts.map((one) => one.name) });

  const json = options["json"] === true;
  const say = (text: string): void => {
    if (!json) err(`${colours.dim(new Date().toISOString().slice(11, 19))}  ${text}\n`);
  };
  const { rate, forMs } = asked;
  const load: Load = { target: { ...target, port }, rate, forMs, connections: 256, timeoutMs: 30_000, seed: 1, even: false };
  const played = await interruptible((signal) =>
    playGameDay(
      {
        ...asked,
        platform,
        product,
        environment,
        service,
        load,
        say,
        before: status,
        goesBack: spoken?.releases === true,
      },
      given,
      signal,
    ),
  );
  const about = {
    product,
    environment: name,
    service,
    injected: asked.faults,
    traffic: rateText,
    ...(spoken !== undefined && { exercise: spoken.name, people: spoken.people }),
  };
  const verdict = verdictOf(played);
  if (json) out(`${JSON.stringify({ ok: verdict.ok, ...about, ...played, surprises: verdict.surprises }, undefined, 2)}\n`);
  else out(liveText(about, played, verdict, outColours));
  if (!played.isWhole) return 130;
  return verdict.ok ? exit.done : exit.no;
}
