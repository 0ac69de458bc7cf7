import { expect, test } from "vitest";
import { rehearseOnce } from "../../src/rehearse/run/rehearse-once.ts";
import type { Outcome } from "../../src/rehearse/run/outcome.ts";
import { exampleEnvironment } from "../support/rehearse.ts";
import { stageFor } from "../support/rehearse-stage.ts";

// Each way in which a version is bad, against the policies of the documents as they stand: the very machine that moves releases, on a clock
// of its own, with machines and requests drawn from a seed. What a policy cannot see goes through here as well, and stands here as such. The
// same with processes and requests: `npm run bench -- faults`. A leak has no signal in this world: test/platform/release.test.ts has it.

const policies = {
  "ByteReview prod": ["bytereview", "prod", "api"],
  "CPA production": ["cpa-platform", "production", "backend"],
  "Ledger sandbox": ["proveniq-ledger", "sandbox", "api"],
  "CodeMentor dev": ["codementor", "dev", "backend"],
} as const;

const runs = 3;
const minuteMs = 60_000;
/** A service whose answers take about as long as each other: what is a fifth slower can be told from chance. */
const steady = { medianMs: 80, width: 0.5, tailShare: 0.02, tailTimes: 5 };

async function tried(policy: keyof typeof policies, fault: string): Promise<readonly Outcome[]> {
  const [product, environment, service] = policies[policy];
  const stage = stageFor(await exampleEnvironment(product, environment), {
    services: [service],
    traffic: "50rps",
    faults: fault === "none" ? [] : [fault],
    life: { latency: steady },
  });
  return Array.from({ length: runs }, (_, run) => rehearseOnce(stage, { seed: 7, run }));
}

type Row = readonly [policy: keyof typeof policies, fault: string, by: Outcome["cause"], withinMinutes: number, requests: number];

/** By what it is taken back, how long after its first request at the latest, and how many requests it has had by then at most. */
const taken: readonly Row[] = [
  ["ByteReview prod", "errors=2%", "watch", 5, 750],
  ["ByteReview prod", "errors=5%", "watch", 2, 300],
  ["ByteReview prod", "errors=50%", "watch", 1, 150],
  ["ByteReview prod", "latency=+20%", "comparison", 31, 30_000],
  ["ByteReview prod", "crash@10m", "crash", 45, 60_000],
  ["CPA production", "errors=5%", "alert", 20, 60_000],
  ["CPA production", "errors=50%", "alert", 2, 6_000],
  ["CPA production", "crash@10m", "crash", 45, 130_000],
  ["Ledger sandbox", "errors=5%", "watch", 2, 3_000],
  ["Ledger sandbox", "errors=50%", "watch", 1, 1_500],
  ["Ledger sandbox", "crash@10m", "crash", 45, 130_000],
  ["CodeMentor dev", "errors=5%", "alert", 20, 60_000],
  ["CodeMentor dev", "errors=50%", "alert", 2, 6_000],
];

test.each(taken)("%s, %s: taken back by its %s within %i minutes", async (policy, fault, cause, withinMinutes, requests) => {
  for (const outcome of await tried(policy, fault)) {
    expect(outcome).toMatchObject({ ended: "taken back", cause });
    expect(outcome.detectedAfterMs).toBeLessThanOrEqual(withinMinutes * minuteMs);
    expect(outcome.requests).toBeLessThanOrEqual(requests);
    expect(outcome.users).toBeLessThanOrEqual(outcome.errors);
  }
});

test.each([
  ["ByteReview prod", "crash-at-start", "crash"],
  ["CPA production", "crash-at-start", "crash"],
  ["CPA production", "smoke", "gate"],
  ["Ledger sandbox", "crash-at-start", "crash"],
  ["CodeMentor dev", "crash-at-start", "crash"],
] as const)("%s, %s: nobody is ever sent to it", async (policy, fault, cause) => {
  for (const outcome of await tried(policy, fault))
    expect(outcome).toMatchObject({ ended: "not released", cause, requests: 0, users: 0 });
});

test.each([
  ["ByteReview prod", "none"],
  ["CPA production", "none"],
  ["Ledger sandbox", "none"],
  // What these policies do not ask for they do not find.
  ["CPA production", "errors=2%"],
  ["CPA production", "latency=+20%"],
  ["Ledger sandbox", "errors=2%"],
  ["Ledger sandbox", "latency=+20%"],
] as const)("%s, %s: goes through", async (policy, fault) => {
  for (const outcome of await tried(policy, fault)) expect(outcome.ended).toBe("healthy");
});
