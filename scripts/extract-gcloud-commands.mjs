// Takes out of an installed gcloud what the stand-in for it in test/support/gcloud knows: the commands, flags and positionals of the
// groups below, used or not, so that a wrong name is refused as gcloud would refuse it.
//
//   node scripts/extract-gcloud-commands.mjs              asks gcloud for its tree, which takes some minutes
//   node scripts/extract-gcloud-commands.mjs gcloud.json  takes one that `gcloud meta cli-trees update` made
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

const groups = [
  "projects",
  "billing projects",
  "services",
  "services vpc-peerings",
  "config",
  "config configurations",
  "compute networks",
  "compute networks subnets",
  "compute networks vpc-access connectors",
  "compute firewall-rules",
  "compute addresses",
  "compute network-endpoint-groups",
  "compute backend-services",
  "compute url-maps",
  "compute ssl-certificates",
  "compute ssl-policies",
  "compute target-https-proxies",
  "compute forwarding-rules",
  "sql instances",
  "sql databases",
  "sql users",
  "redis instances",
  "secrets",
  "secrets versions",
  "iam service-accounts",
  "artifacts repositories",
  "builds triggers",
  "builds triggers create",
  "logging buckets",
  "beta monitoring channels",
  "alpha monitoring policies",
  "monitoring dashboards",
  "monitoring uptime",
  "dns managed-zones",
  "dns record-sets",
  "dns record-sets transaction",
  "run services",
  "storage",
];

const tree = JSON.parse(readFileSync(process.argv[2] ?? madeTree(), "utf8"));
const wide = flagsOf(tree, {});
const commands = {};
for (const group of groups) {
  const found = group.split(" ").reduce((node, part) => node.commands[part], tree);
  for (const [name, command] of Object.entries(found.commands))
    if (!command.is_group && !command.is_hidden) commands[`${group} ${name}`] = commandOf(command);
}

const lines = Object.entries(commands)
  .toSorted(([a], [b]) => (a < b ? -1 : 1))
  .map(([name, command]) => `    ${JSON.stringify(name)}: ${JSON.stringify(command)}`);
const target = new URL("../test/support/gcloud/commands.json", import.meta.url);
writeFileSync(
  target,
  `{
  "gcloud": ${JSON.stringify(tree.CLI_VERSION)},
  "source": "The command tree of the Google Cloud CLI (gcloud meta cli-trees update): names, choices and arity only. The CLI is Google's, under the Apache License 2.0.",
  "wide": ${JSON.stringify(wide)},
  "commands": {
${lines.join(",\n")}
  }
}
`,
);

function madeTree() {
  const folder = mkdtempSync(path.join(tmpdir(), "gcloud-tree-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  execFileSync("gcloud", ["meta", "cli-trees", "update", "--commands=gcloud", "--skip-completions", `--directory=${folder}`], {
    stdio: "inherit",
  });
  return path.join(folder, "gcloud.json");
}

function commandOf(command) {
  const positionals = flat(command.positionals).map(({ value, name, nargs, is_required: required }) => [
    value ?? name.toUpperCase(),
    String(nargs),
    ...(required ? ["required"] : []),
  ]);
  const required = requiredIn(command.constraints);
  return { positionals, ...(required.length > 0 ? { required } : {}), flags: flagsOf(command, tree.flags) };
}

/** A flag may be required among others of which none is needed: that binds nobody. */
function requiredIn({ arguments: parts }) {
  return parts.flatMap((part) => {
    const one = typeof part === "number" ? tree.SERIALIZED_FLAG_LIST.at(Math.max(part, 0)) : part;
    if (!one.is_required) return [];
    if (one.is_group) return one.is_mutex ? [] : requiredIn(one);
    return one.name?.startsWith("--") ? [one.name] : [];
  });
}

/** A flag is a switch, takes a value, or takes one of these. The tree hides what turns a switch off, and gcloud takes it. */
function flagsOf(command, known) {
  const turnsOff = ({ name }) => name.startsWith("--no-") && name.replace("--no-", "--") in command.flags;
  const own = flagsIn(command).filter((flag) => !(flag.name in known) && (!flag.is_hidden || turnsOff(flag)));
  return Object.fromEntries(own.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map((flag) => [flag.name, kindOf(flag)]));
}

/** The tree has each flag once, in a list, and its number where it is used. */
function flagsIn({ flags }) {
  return Object.values(flags).map((number) => tree.SERIALIZED_FLAG_LIST[number]);
}

function kindOf({ type, choices }) {
  if (type === "bool") return "switch";
  return choices.length > 0 && choices.length < 40 ? choices : "value";
}

function flat(positionals) {
  return positionals.flatMap((one) => (one.is_group ? flat(one.arguments ?? []) : [one]));
}
