import { refName } from "../../spec/derive.ts";
import { durationMs } from "../../lib/quantities.ts";
import { listed } from "../../lib/text.ts";
import type { Environment } from "../../spec/environment.ts";

type Release = NonNullable<Environment["release"]>;
type Requirement = NonNullable<Release["requires"]>[number];

/** What a release does, one sentence each, in the order in which it does it. */
export function sentencesOf(environment: Environment): readonly string[] {
  const { release } = environment;
  if (release === undefined) return [];
  const requires = release.requires ?? [];
  return [
    ...requires.flatMap((one) => requirement(one, environment)).map((one) => `waits for: ${one}`),
    ...(release.before ?? []).map((one) => stepSentence(one, environment)),
    ...secretsSentence(environment),
    ...strategySentences(release),
    ...(release.after ?? []).flatMap((one) => requirement(one, environment)),
    `rolls back on ${listed((release.rollbackOn ?? ["any failure"]).map(conditionText), "or")}`,
    ...((release.notify ?? []).length === 0
      ? []
      : [`tells ${listed((release.notify ?? []).map((one) => refName(one, "channels") ?? one.ref))}`]),
  ];
}

function secretsSentence({ services, secretsIn }: Environment): readonly string[] {
  const names = [...new Set(Object.values(services).flatMap(({ secrets }) => secrets))].toSorted();
  return names.length === 0 || secretsIn === undefined ? [] : [`the new version, with ${listed(names)} from ${secretsIn}`];
}

function strategySentences(release: Release): readonly string[] {
  switch (release.strategy) {
    case "canary":
      return [...release.steps.map(({ to, bake }) => `${to} of the traffic for ${bake}`), "100% of the traffic"];
    case "blue-green":
      return ["the new version beside the old one", "all traffic at once"];
    case "rolling":
      return ["instance by instance"];
    case "recreate":
      return ["the old version stops, the new one starts"];
  }
}

function stepSentence(one: { readonly ref: string; readonly step: string }, { resources }: Environment): string {
  const name = refName(one, "resources") ?? one.ref;
  const resource = resources[name];
  const migrations = resource?.kind === "postgres" ? resource.migrations : undefined;
  if (one.step === "snapshot")
    return `snapshot of ${name}${migrations?.snapshotName === undefined ? "" : ` as ${migrations.snapshotName}`}`;
  if (one.step === "migrate") return `${migrations?.step ?? "migrate"} on ${name}, before the new version gets traffic`;
  return `${name} is migrated for this version`;
}

function requirement(one: Requirement, environment: Environment): readonly string[] {
  if ("step" in one) return [stepSentence(one, environment)];
  if (!("gate" in one)) return [conditionText(one)];
  switch (one.gate) {
    case "signed":
      return [`approval on record: ${refName(one.approval, "approvals") ?? ""}`];
    case "approval":
      return [`approval by ${refName(one.role, "roles") ?? ""}`];
    case "health": {
      const name = refName(one.of, "services") ?? "";
      const path = one.path ?? environment.services[name]?.health?.path;
      return [
        `health of ${name}${path === undefined ? "" : ` at ${path}`}${one.tries === undefined ? "" : `, ${one.tries} times ${one.every ?? "10s"}`}`,
      ];
    }
    case "smoke":
      return [`smoke test: ${one.command}`];
    case "burn":
      return [
        `burn of the error budget ${refName(one.slo, "slos") ?? ""} below ${one.below}${one.within === undefined ? "" : ` in ${one.within}`}`,
      ];
    case "check":
      return [`check ${refName(one.check, "checks") ?? ""}`];
    case "clean":
      return [`${refName(one.check, "checks") ?? ""} without ${listed(one.of, "or")} findings`];
    case "green":
      return [`${refName(one.environment, "environments") ?? ""} green with this version`];
  }
}

function conditionText(one: unknown): string {
  if (typeof one === "string") return one;
  const { is, value, signal } = one as {
    is?: string;
    value?: string | number;
    signal?: { measure?: string; of?: { ref: string } };
  };
  const of = signal?.of === undefined ? "" : ` of ${signal.of.ref.replace(/^[a-z]+\./, "")}`;
  return `${(signal?.measure ?? "a signal").replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`)}${of} ${is ?? "above"} ${value ?? ""}`.trim();
}

/** How long a release waits on purpose: while a canary bakes. */
export function waitsOf({ release }: Environment): number {
  return release?.strategy === "canary"
    ? Math.ceil(release.steps.reduce((sum, { bake }) => sum + durationMs(bake), 0) / 60_000)
    : 0;
}

/** How long it may take in all: its bakes, its patience with what is slow to become healthy, and an hour for the rest. */
export function minutesOf(environment: Environment): number {
  const health = (environment.release?.after ?? []).reduce(
    (sum, one) => sum + ("gate" in one && one.gate === "health" ? (one.tries ?? 30) * durationMs(one.every ?? "10s") : 0),
    0,
  );
  return Math.min(350, 60 + waitsOf(environment) + Math.ceil(health / 60_000));
}
