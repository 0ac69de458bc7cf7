import { count, printable } from "../../lib/text.ts";
import type { EnvironmentStatus, PlatformStatus, ServiceStatus } from "../../wire/up.ts";
import { serverNamed } from "../api.ts";
import { type Command, type Given, exit } from "../command.ts";
import { isRunning, localPlatform } from "../platform.ts";
import { readSpec, requireEnvironment } from "../read-spec.ts";
import { queryText, reach } from "../running.ts";
import type { Colours } from "../terminal.ts";

export const status: Command = {
  name: "status",
  summary: "Shows what runs on this machine: services, revisions and their share of the traffic, replicas, resources.",
  takes: "[env…]",
  completes: ["environment"],
  options: { watch: { type: "boolean", short: "w", help: "stay, and show it anew when it changes" } },
  server: true,
  examples: ["gantry status", "gantry status prod -w", "gantry status --json | jq '.environments[].services[].state'"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const read = serverNamed(given) === undefined ? await readerHere(given) : await readerElsewhere(given);
    const look = async (): Promise<Seen> => {
      const all = await read();
      return args.length === 0
        ? all
        : {
            ...all,
            environments: all.environments.filter((one) => args.includes(one.environment) || args.includes(one.previewOf ?? "")),
          };
    };
    if (options["watch"] === true && options["json"] !== true) return watch(look, given);
    const seen = await look();
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, ...seen }, undefined, 2)}\n`);
    else out(statusText(seen, outColours));
    const bad = seen.environments.some(
      (one) => one.state === "failed" || one.services.some((service) => service.state === "failed"),
    );
    return bad ? exit.no : exit.done;
  },
};

/** What a server elsewhere tells is without what is of its machine alone. */
type Seen = Pick<PlatformStatus, "product" | "environments"> & Partial<PlatformStatus>;

async function readerHere(given: Given): Promise<() => Promise<Seen>> {
  const { file, data } = await readSpec(given);
  const product = String(data["name"] ?? "");
  const platform = localPlatform(file);
  // A preview is named after its environment: dev.pr-42.
  for (const name of given.args) requireEnvironment(name.split(".", 1)[0] ?? "", Object.keys(data["environments"] ?? {}));
  return async () =>
    (await isRunning(platform))
      ? platform.get<PlatformStatus>(`/v1/status?${queryText({ product })}`)
      : { product, root: platform.place.root, agent: { running: false }, environments: [] };
}

async function readerElsewhere(given: Given): Promise<() => Promise<Seen>> {
  const { platform, product } = await reach(given);
  const read = () => platform.get<Seen>(`/v1/status?${queryText({ product })}`);
  const known = (await read()).environments.map(({ environment }) => environment);
  for (const name of given.args) requireEnvironment(name, known);
  return read;
}

const everyMs = 1_000;

/** On a terminal the picture stays in its place; elsewhere it is printed again when it has changed. */
async function watch(look: () => Promise<Seen>, { out, outColours }: Given): Promise<number> {
  const inPlace = process.stdout.isTTY;
  let before = "";
  for (;;) {
    const text = statusText(await look(), outColours);
    if (text !== before) out(inPlace ? `\u001b[H\u001b[2J${text}` : text);
    before = text;
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}

function statusText({ product, agent, environments }: Seen, colours: Colours): string {
  const { bold, dim, red } = colours;
  if (environments.length === 0)
    return `${bold(product)}: nothing ${agent === undefined ? "that you may see runs there" : `runs here ${dim("(gantry up)")}`}\n`;
  const lines = environments.flatMap((one) => environmentLines(one, colours));
  if (agent?.running === false) lines.unshift(red("the agent does not answer: nothing is served at the moment"));
  return `${lines.join("\n")}\n`;
}

function environmentLines(environment: EnvironmentStatus, colours: Colours): readonly string[] {
  const { bold, dim, cyan } = colours;
  const { state, speed, url, expiresAt, services, resources } = environment;
  const width = Math.max(...services.map((one) => one.service.length), ...resources.map((one) => one.name.length), 4);
  return [
    [
      bold(environment.environment),
      stateText(state, colours),
      ...(speed === 1 ? [] : [dim(`${speed}× speed`)]),
      ...(url === undefined ? [] : [cyan(url)]),
      ...(expiresAt === undefined ? [] : [dim(`until ${expiresAt.slice(0, 16).replace("T", " ")} UTC`)]),
    ].join("  "),
    ...services.flatMap((one) => serviceLines(one, width, colours)),
    ...resources.map(
      (one) =>
        `  ${one.name.padEnd(width)}  ${stateText(one.state, colours)}  ${dim(one.port === undefined ? "" : `127.0.0.1:${one.port}`)}`,
    ),
    ...unwatchedLines(environment, colours),
    "",
  ];
}

/** One line, which says where more of it is. */
function unwatchedLines({ environment, unwatched }: EnvironmentStatus, { dim, yellow }: Colours): readonly string[] {
  if (unwatched === undefined) return [];
  const { problems, rules } = unwatched;
  const [first, ...more] = problems;
  const parts = [
    ...(first === undefined ? [] : [yellow(printable(first)) + (more.length === 0 ? "" : dim(` and ${more.length} more`))]),
    ...(rules === 0 ? [] : [dim(`${count(rules, "alert")} not watched here`)]),
  ];
  return [`  ${parts.join(dim("; "))}  ${dim(`(gantry alerts --all --env ${environment})`)}`];
}

function serviceLines(service: ServiceStatus, width: number, colours: Colours): readonly string[] {
  const { dim, cyan, red } = colours;
  const serving = service.revisions.filter((one) => one.weight > 0);
  const first = [
    `  ${service.service.padEnd(width)}`,
    stateText(service.state, colours),
    ...(service.next === undefined ? [] : [dim(`next ${service.next.slice(0, 16).replace("T", " ")} UTC`)]),
    ...(service.url === undefined ? [] : [cyan(service.url)]),
    ...(service.requests
      ? [dim(`${count(service.requests, "request")}${service.errors ? `, ${service.errors} failed` : ""}`)]
      : []),
  ].join("  ");
  const revisions = serving.map((one) => {
    const parts = [
      `${one.weight} %`,
      `${one.ready} of at most ${one.most} ready`,
      ...(one.restarts > 0 ? [count(one.restarts, "restart")] : []),
      ...(one.coldStartMs === undefined ? [] : [`started in ${one.coldStartMs} ms`]),
    ];
    return dim(`  ${"".padEnd(width)}  ${one.revision}  ${parts.join(", ")}`);
  });
  return [
    first,
    ...revisions,
    ...(service.reason === undefined ? [] : [`  ${"".padEnd(width)}  ${red(printable(service.reason))}`]),
  ];
}

function stateText(state: string, { green, yellow, red, dim }: Colours): string {
  if (state === "ready" || state === "up") return green(state);
  if (state === "failed") return red(state);
  return state === "idle" || state === "scheduled" || state === "down" ? dim(state) : yellow(state);
}
