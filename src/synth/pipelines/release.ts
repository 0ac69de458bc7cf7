import { refName } from "../../spec/derive.ts";
import type { Environment } from "../../spec/environment.ts";
import { type Job, type Step, type Value, input, job, joined, run, secret, variable } from "./model.ts";
import { projectOf, regionOf, triggerOf } from "./places.ts";
import { minutesOf, sentencesOf, waitsOf } from "./steps-of-release.ts";

type Place = { readonly commit: Value; readonly needs: readonly string[] };

/** The release to one environment: the pipeline asks for it, and what it takes is decided and watched elsewhere. */
export function releaseJob(environment: Environment, { commit, needs }: Place): Job {
  const name = environment.environment;
  const place = input("environment", name);
  const approvers = approversOf(environment);
  return job(`release-${name}`, `Release to ${name}`, {
    ...(approvers === undefined ? {} : { approvers }),
    kind: "release",
    comment: [
      "The release, in this order:",
      ...sentencesOf(environment).map((one) => `- ${one}`),
      ...correctionOf(environment),
    ].join("\n"),
    needs,
    environment: place,
    alone: joined("release-", place),
    tools: [{ tool: "node", version: "20", lock: "package-lock.json" }],
    timeoutMinutes: minutesOf(environment),
    waitsMinutes: waitsOf(environment),
    steps: [
      { is: "checkout", at: input("commit", commit) },
      run("Install", "npm ci"),
      run("Release", `npx gantry release --to "$ENVIRONMENT" --version "$SHA" --wait`, {
        env: {
          ENVIRONMENT: place,
          SHA: input("commit", commit),
          GANTRY_SERVER: variable("GANTRY_SERVER"),
          GANTRY_TOKEN: secret("GANTRY_TOKEN"),
        },
      }),
    ],
  });
}

/** Migrations stand before the deployment, whatever a document says. */
export function correctionOf({ release }: Environment): readonly string[] {
  return (release?.before ?? []).some(({ step }) => step === "migrate")
    ? ["Migrating after the deployment would let the new version meet the old schema."]
    : [];
}

export function approversOf({ release, production, approvedBy, deploy }: Environment): string | undefined {
  for (const one of release?.requires ?? []) if ("gate" in one && one.gate === "approval") return refName(one.role, "roles");
  const hand = deploy?.find((one) => one.on === "hand");
  const role = hand?.on === "hand" ? hand.role : undefined;
  return production === true ? ((role && refName(role, "roles")) ?? (approvedBy && refName(approvedBy, "roles"))) : undefined;
}

/** The workflow that has built a version, and the environment that it built it for. */
export type Built = { readonly workflow: string; readonly by: Environment };

const risks = { low: 1, medium: 2, high: 3, critical: 3 } as const;

/** What only the pipeline's system knows of a version: that its checks passed, that it is green elsewhere, what a scan found. */
export function gateSteps(environment: Environment, { workflow, by }: Built, commit: Value): readonly Step[] {
  const requires = environment.release?.requires ?? [];
  const gates = requires.flatMap((one) => ("gate" in one ? [one] : []));
  const steps: Step[] = [];
  const green = gates.flatMap((one) => (one.gate === "green" ? [refName(one.environment, "environments") ?? ""] : []));
  const checks = gates.some((one) => one.gate === "check");
  const clean = gates.flatMap((one) => (one.gate === "clean" ? [one] : []));
  const [scanned] = clean;
  if (green.length > 0 || checks || scanned !== undefined)
    steps.push({
      is: "green",
      name: [...(checks ? ["Checks passed"] : []), ...green.map((one) => `${one} is green`)].join(", ") || "Checks passed",
      workflow,
      commit,
      ...(by.cloud === "gcp" ? { built: { project: projectOf(by), region: regionOf(by), trigger: triggerOf(by) } } : {}),
      ...(scanned === undefined ? {} : { artifact: "zap" }),
    });
  for (const { check, of } of clean) {
    const least = Math.min(...of.map((one) => risks[one]));
    steps.push(
      run(
        `${refName(check, "checks") ?? "scan"}: nothing ${of.join(" or ")}`,
        [
          `found=$(jq '[.site[].alerts[]? | select((.riskcode | tonumber) >= ${least})] | length' zap/zap.json)`,
          'echo "findings: $found"',
          '[ "$found" -eq 0 ]',
        ].join("\n"),
        { comment: "ZAP calls its worst risk high (3); what is critical is among it." },
      ),
    );
  }
  return steps;
}
