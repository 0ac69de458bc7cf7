import { listed } from "../../lib/text.ts";
import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import type { File } from "../file.ts";
import { layoutOf } from "../layout.ts";
import { slugs } from "../names.ts";
import type { Subject } from "../subject.ts";
import { block, code, heading, link, list, page, table, text } from "../text/markdown.ts";
import { about, findInstance, look, lookAt, reach, setSecret } from "./commands.ts";
import { failOver, promote } from "./commands-of-recovery.ts";
import { rollBack, scaleUp } from "./commands-of-release.ts";
import { drillsPage } from "./drills.ts";
import { failoverPages } from "./failover.ts";
import { recoveryPage } from "./recovery.ts";
import { mostWatched } from "./watched.ts";
import { channelText, conditionText, nameOf } from "./words.ts";

type RunbookData = Environment["runbooks"][string];
type Step = RunbookData["steps"][number];

/** What to do when: the runbooks of the spec, and those that follow from its standbys, backups and drills; with a page that lists them. */
export function runbooks(subject: Subject): readonly File[] {
  const pages = pagesOf(subject);
  if (pages.length === 0) return [];
  const { runbooks: folder } = layoutOf(subject);
  const names = slugs(pages.map(({ title }) => title));
  const rows = pages.map(({ title }) => link(title, `${names.get(title)}.md`));
  const index = page([heading(1, "Runbooks"), list(rows)]);
  return [
    { path: `${folder}/README.md`, text: index },
    ...pages.map(({ title, text: written }) => ({ path: `${folder}/${names.get(title)}.md`, text: written })),
  ];
}

/** The page of each runbook of the spec. */
export function runbookPaths(subject: Subject): ReadonlyMap<string, string> {
  const pages = pagesOf(subject);
  const names = slugs(pages.map(({ title }) => title));
  const { runbooks: folder } = layoutOf(subject);
  return new Map(
    pages.flatMap(({ runbook, title }) => (runbook === undefined ? [] : [[runbook, `${folder}/${names.get(title)}.md`]])),
  );
}

type Page = { readonly title: string; readonly text: string; readonly runbook?: string };

function pagesOf(subject: Subject): readonly Page[] {
  const environment = mostWatched(subject);
  if (environment === undefined) return [];
  return [
    ...Object.entries(environment.runbooks).map(([name, runbook]) => ({
      title: `${name}: ${runbook.title}`,
      text: runbookPage(environment, name, runbook),
      runbook: name,
    })),
    ...failoverPages(subject),
    ...recoveryPage(subject),
    ...drillsPage(subject),
  ];
}

function runbookPage(environment: Environment, name: string, runbook: RunbookData): string {
  const owner = nameOf(runbook.owner);
  const within = runbook.postMortemWithin;
  return page([
    heading(1, `${name}: ${runbook.title}`),
    `Its commands are about ${code(environment.environment)}.${owner === undefined ? "" : ` Owner: ${text(owner)}.`}`,
    block("sh", reach(environment)),
    ...runbook.steps.flatMap((step, index) => stepParts(environment, step, index + 1)),
    ...(within === undefined ? [] : postMortem(within)),
  ]);
}

function stepParts(environment: Environment, step: Step, number: number): readonly (string | undefined)[] {
  const [words, commands] = stepText(environment, step);
  const onlyIf = step.does === "run" && step.onlyIf !== undefined ? `Only if ${text(step.onlyIf)}. ` : "";
  return [`## ${number}. ${text(step.title)}`, `${onlyIf}${words}`, commands.length === 0 ? undefined : block("sh", commands)];
}

type Done = readonly [words: string, commands: readonly string[]];

function stepText(environment: Environment, step: Step): Done {
  switch (step.does) {
    case "check":
      return checkText(environment, step);
    case "run":
      return runText(environment, step);
    case "ask": {
      const role = nameOf(step.role);
      const document = step.document === undefined ? "" : ` It is written down in ${code(step.document)}.`;
      return [`${role === undefined ? "A person decides and does this." : `${text(role)} decide and do this.`}${document}`, []];
    }
    case "notify":
      return [`Write to ${channelText(environment, step.to)}: what happened, what was done, what is still open.`, []];
  }
}

function checkText(environment: Environment, step: Extract<Step, { does: "check" }>): Done {
  const { that, see, command } = step;
  const of = about(environment, step.of);
  const words: string[] = [];
  if (that) words.push(`${capital(conditionText(that))}.${onDashboard(environment, that.signal)}`);
  const dashboard = refName(see, "dashboards");
  const charts = dashboard === undefined ? [] : (environment.dashboards[dashboard]?.charts ?? []);
  if (dashboard !== undefined)
    words.push(`Open the dashboard ${text(dashboard)}: ${listed(charts.map(({ title }) => text(title)))}.`);
  if (of?.service) words.push(...healthText(environment, of.name));
  if (of?.resource?.kind === "partner")
    words.push(`Look at its status page, and at what the services say about calls to ${text(of.name)}.`);
  const commands = [
    ...(command === undefined ? [] : [command]),
    ...(of?.service ? look(environment, of.name, of.service) : []),
    ...(of?.resource ? [...findInstance(environment, of.name, of.resource), ...lookAt(environment, of.name, of.resource)] : []),
  ];
  return [
    words.length === 0 && commands.length > 0
      ? "Run:"
      : words.join(" ") || "Look at its own page, and at what the services say about it.",
    commands,
  ];
}

/** Which dashboard shows a signal. */
function onDashboard(
  environment: Environment,
  signal: { readonly measure: string; readonly of?: { readonly ref: string } | undefined },
): string {
  for (const [name, { charts }] of Object.entries(environment.dashboards))
    for (const { title, shows } of charts)
      if (shows.some((one) => one.measure === signal.measure && one.of?.ref === signal.of?.ref))
        return ` The dashboard ${text(name)} shows it as ${text(title)}.`;
  return "";
}

function healthText(environment: Environment, name: string): readonly string[] {
  const path = environment.services[name]?.health?.path;
  const host = environment.hosts.find(({ service }) => service === name)?.host;
  return path === undefined || host === undefined ? [] : [`It should answer at ${code(`https://${host}${path}`)}.`];
}

function runText(environment: Environment, step: Extract<Step, { does: "run" }>): Done {
  const { action, command } = step;
  if (command !== undefined) return ["Run:", [command]];
  const of = about(environment, step.of);
  const database = of?.resource && { name: of.name, resource: of.resource };
  const services = of?.service ? [[of.name, of.service] as const] : Object.entries(environment.services);
  switch (action) {
    case "failover":
      return database
        ? ["The standby takes over; connections break off and come back.", onDatabase(environment, database, failOver)]
        : ["Follow the runbook of the failover.", []];
    case "promote replica":
      return database
        ? ["The replica becomes a database of its own, and never a replica again.", onDatabase(environment, database, promote)]
        : ["Promote the replica.", []];
    case "rollback":
      return [
        "The version before takes the traffic again; it is still there.",
        services.filter(([, { kind }]) => kind !== "cron").flatMap(([name, service]) => rollBack(environment, name, service)),
      ];
    case "scale up":
      return [
        "More instances, until the next apply; what is to stay has to be written down where the sizes are.",
        services.flatMap(([name, service]) => scaleUp(environment, name, service)),
      ];
    case "isolate tenant":
      return [tenantText(environment), tenantKey(environment)];
    case "revoke credentials":
      return credentialsText(environment);
    case "raise log level":
      return [
        `Set ${code("LOG_LEVEL")} to ${code("debug")}${of === undefined ? "" : ` for ${text(of.name)}`}, and back afterwards.`,
        [],
      ];
    case "revert migration": {
      const revert = database?.resource.kind === "postgres" ? database.resource.migrations?.revert : undefined;
      return revert === undefined
        ? ["Write a migration that takes back what the last one did, and apply it.", []]
        : ["The last migration is taken back. Look first at what it deletes.", [revert]];
    }
    default: {
      const what = nameOf(step.step);
      return [what === undefined ? "Do it." : `Run ${code(step.step?.step ?? "")} for ${text(what)}.`, []];
    }
  }
}

type Database = { readonly name: string; readonly resource: Environment["resources"][string] };

function onDatabase(environment: Environment, { name, resource }: Database, command: typeof failOver): readonly string[] {
  return [...findInstance(environment, name, resource), ...command(environment, name, resource)];
}

function tenantText(environment: Environment): string {
  const [tenants] = Object.values(environment.tenants);
  if (tenants === undefined) return "Block the tenant's credentials.";
  const key = tenants.encryptedWith && nameOf(tenants.encryptedWith);
  return (
    `A tenant is known by ${code(tenants.key)}. Revoke its credentials and sessions.` +
    (key === undefined
      ? ""
      : ` Disabling its key of ${code(key)} makes its data unreadable at once, for everybody; enabling it again undoes that.`)
  );
}

function tenantKey(environment: Environment): readonly string[] {
  const encrypted = Object.values(environment.tenants).some(({ encryptedWith }) => encryptedWith !== undefined);
  if (!encrypted) return [];
  switch (environment.cloud) {
    case "aws":
      return ["aws kms disable-key --key-id <the tenant's key>"];
    case "gcp":
      return ["gcloud kms keys versions disable <version> --key=<the tenant's key> --keyring=<key ring> --location=<location>"];
    case "azure":
      return ["az keyvault key set-attributes --vault-name <vault> --name <the tenant's key> --enabled false"];
    case "local":
      return [];
  }
}

function credentialsText(environment: Environment): Done {
  const secrets = Object.entries(environment.secrets);
  const users = (name: string) =>
    Object.entries(environment.services).flatMap(([service, one]) => (one.secrets.includes(name) ? [code(service)] : []));
  const rows = secrets.map(([name]) => [code(name), users(name).join(", ")]);
  const [example] = secrets.map(([name]) => name);
  return [
    `Give each secret that may be known a new value at its source, store it, and restart who reads it.\n\n${table(["secret", "read by"], rows)}`,
    example === undefined ? [] : setSecret(environment, example),
  ];
}

function postMortem(within: string): readonly string[] {
  return [
    "## Afterwards",
    `A post-mortem within ${within}, without blame:`,
    list([
      "what happened, when, and who noticed it how",
      "whom it touched, and for how long",
      "why it could happen, and why it was not seen before",
      "what will be done about it, by whom, until when",
    ]),
  ];
}

function capital(sentence: string): string {
  return sentence.replace(/^[a-z]/, (letter) => letter.toUpperCase());
}
