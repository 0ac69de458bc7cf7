import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import type { AlertView, NoticeView, SilenceView, TelemetryView } from "../../wire/signals.ts";
import { alertsText, noticesText, silencesText } from "../alerts-text.ts";
import { type EnvironmentTelemetry, telemetryText } from "../telemetry-text.ts";
import { type Command, type Given, exit } from "../command.ts";
import { type Running, oneOf, queryText, someOf, whatRuns } from "../running.ts";

const verbs = ["list", "test", "ack", "silence", "unsilence", "silences", "notices"] as const;
type Verb = (typeof verbs)[number];

export const alerts: Command = {
  name: "alerts",
  summary: "Shows alerts, and what was told of them; acknowledges and silences them; sends a test through a channel.",
  takes: "[verb] [what]",
  completes: [verbs],
  options: {
    env: {
      type: "string",
      short: "e",
      placeholder: "env",
      multiple: true,
      help: "the environment; all that are up when listing",
    },
    watch: { type: "boolean", short: "w", help: "stay, and show it anew when it changes" },
    all: { type: "boolean", short: "a", help: "also those that are quiet, and what is not measured or not watched here" },
    for: { type: "string", placeholder: "2h", help: "silence for so long" },
    until: { type: "string", placeholder: "time", help: "silence until then, as 2026-11-21T12:00:00Z" },
    every: {
      type: "string",
      placeholder: "when",
      help: 'silence again and again, as "tue 02:00-03:00" or "daily 22:00-06:00" (UTC)',
    },
    where: { type: "string", placeholder: "label=value", multiple: true, help: "silence only what bears this label" },
    reason: { type: "string", short: "m", placeholder: "text", help: "why; it stands in the record" },
  },
  server: true,
  examples: [
    "gantry alerts -w",
    'gantry alerts silence "API errors" --env prod --for 2h --reason "load test"',
    'gantry alerts ack 5f1d0c2a --reason "on it"',
    'gantry alerts test "slack #ops" --env prod',
    "gantry alerts notices",
  ],
  async run(given) {
    const [first = "list", what] = given.args;
    const verb = verbs.find((one) => one === first);
    if (verb === undefined)
      throw new UserError("usage", `gantry alerts has no verb ${JSON.stringify(printable(first))}`, {
        hint: didYouMean(first, verbs) ?? `gantry alerts ${verbs.join(" | ")}`,
      });
    const running = await whatRuns(given);
    return answer(verb, what, running, given);
  },
};

async function answer(verb: Verb, what: string | undefined, running: Running, given: Given): Promise<number> {
  switch (verb) {
    case "list":
      return list(running, given);
    case "notices":
      return show("notices", running, given, noticesText);
    case "silences":
      return show("silences", running, given, silencesText);
    case "test":
      return change("/v1/alerts/test", { channel: named(verb, what) }, running, given);
    case "ack":
      return change("/v1/alerts/ack", { fingerprint: named(verb, what), reason: reasonOf(given, false) }, running, given);
    case "unsilence":
      return change("/v1/silences/end", { id: named(verb, what) }, running, given);
    case "silence":
      return change("/v1/silences", { alert: named(verb, what), ...silenceOf(given) }, running, given);
  }
}

const everyMs = 1_000;

async function list(running: Running, given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const look = async () => {
    const environments = someOf(running, manyOf(options["env"]));
    const each = await Promise.all(
      environments.map((environment) =>
        running.platform.get<readonly AlertView[]>(`/v1/alerts?${queryText({ product: running.product, environment })}`),
      ),
    );
    return each.flat();
  };
  if (options["watch"] === true) {
    let before = "";
    for (;;) {
      const text =
        options["json"] === true
          ? `${JSON.stringify(await look())}\n`
          : alertsText(await look(), options["all"] === true, outColours);
      if (text !== before) out(process.stdout.isTTY && options["json"] !== true ? `\u001b[H\u001b[2J${text}` : text);
      before = text;
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
  const seen = await look();
  const telemetry = await telemetryOf(running, manyOf(options["env"]));
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, alerts: seen, telemetry }, undefined, 2)}\n`);
  else {
    out(alertsText(seen, options["all"] === true, outColours));
    if (options["all"] === true) out(telemetryText(telemetry, outColours));
  }
  return seen.some((one) => one.state === "firing") ? exit.no : exit.done;
}

function telemetryOf(running: Running, named: readonly string[]): Promise<readonly EnvironmentTelemetry[]> {
  return Promise.all(
    someOf(running, named).map(async (environment) => ({
      environment,
      ...(await running.platform.get<TelemetryView>(`/v1/telemetry?${queryText({ environment })}`)),
    })),
  );
}

async function show<View extends NoticeView | SilenceView>(
  name: "notices" | "silences",
  running: Running,
  { options, out, outColours }: Given,
  text: (views: readonly View[], colours: Given["outColours"]) => string,
): Promise<number> {
  const each = await Promise.all(
    someOf(running, manyOf(options["env"])).map((environment) =>
      running.platform.get<readonly View[]>(`/v1/${name}?${queryText({ product: running.product, environment })}`),
    ),
  );
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, [name]: each.flat() }, undefined, 2)}\n`);
  else out(text(each.flat(), outColours));
  return exit.done;
}

type Changed = { readonly said: string; readonly ok: boolean } & Record<string, unknown>;

async function change(path: string, body: object, running: Running, { options, out, err, outColours }: Given): Promise<number> {
  const environment = oneOf(running, manyOf(options["env"])[0]);
  let last: Changed | undefined;
  for await (const line of running.platform.send<Changed>(path, { product: running.product, environment, ...body })) {
    if (last !== undefined && options["json"] !== true) err(`${last.said}\n`);
    last = line;
  }
  if (last === undefined) return exit.done;
  if (options["json"] === true) out(`${JSON.stringify({ environment, ...last }, undefined, 2)}\n`);
  else out(`${last.ok ? outColours.green("✓") : outColours.red("✗")} ${printable(last.said)}\n`);
  return last.ok ? exit.done : exit.no;
}

function named(verb: Verb, what: string | undefined): string {
  const examples: Partial<Record<Verb, string>> = {
    test: 'gantry alerts test "slack #ops"',
    ack: "gantry alerts ack 5f1d0c2a (the fingerprint that gantry alerts shows)",
    silence: 'gantry alerts silence "API errors" --for 2h --reason "load test"',
    unsilence: "gantry alerts unsilence 2f6b (the id that gantry alerts silences shows)",
  };
  if (what === undefined)
    throw new UserError("usage", `gantry alerts ${verb} needs to know what`, { hint: examples[verb] ?? "" });
  return what;
}

function reasonOf({ options }: Given, must: boolean): string | undefined {
  const reason = options["reason"];
  if (typeof reason === "string" && reason.trim() !== "") return reason;
  if (must) throw new UserError("usage", "a silence needs a reason", { hint: '--reason "load test"; it stands in the record' });
  return undefined;
}

function silenceOf(given: Given): object {
  const { options } = given;
  const ways = ["for", "until", "every"].filter((name) => options[name] !== undefined);
  if (ways.length !== 1)
    throw new UserError("usage", "say how long it is silent: one of --for, --until and --every", { hint: "as --for 2h" });
  const forMs = typeof options["for"] === "string" ? parseDurationMs(options["for"]) : undefined;
  if (options["for"] !== undefined && (forMs === undefined || forMs <= 0))
    throw new UserError("usage", `--for ${printable(String(options["for"]))} is no duration`, { hint: "as --for 2h" });
  const until = typeof options["until"] === "string" ? Date.parse(options["until"]) : undefined;
  if (options["until"] !== undefined && !Number.isFinite(until))
    throw new UserError("usage", `--until ${printable(String(options["until"]))} is no time`, {
      hint: "as --until 2026-11-21T12:00:00Z",
    });
  const where = manyOf(options["where"]).map((one): [string, string] => {
    const [, label, value] = /^([A-Za-z_]\w*)=(.+)$/.exec(one) ?? [];
    if (label === undefined || value === undefined)
      throw new UserError("usage", `--where ${printable(one)} is no label with a value`, { hint: "as --where service=api" });
    return [label, value];
  });
  return {
    reason: reasonOf(given, true),
    where: Object.fromEntries(where),
    ...(forMs === undefined ? {} : { forMs }),
    ...(until === undefined ? {} : { untilMs: until }),
    ...(typeof options["every"] === "string" ? { every: options["every"] } : {}),
  };
}

function manyOf(given: unknown): readonly string[] {
  return Array.isArray(given) ? given.map(String) : [];
}
