import type { Answer } from "../../../delivery/gate.ts";
import type { Observed } from "../../../delivery/observed.ts";
import type { Question } from "../../../delivery/gates/question.ts";
import { probeRevision, probeService } from "../../../targets/local/release/probe.ts";
import { durationMs } from "../../../lib/quantities.ts";
import type { EnvironmentView } from "../../../wire/machine.ts";
import type { Platform } from "../../platform.ts";
import { alertsAnswer } from "./alerts.ts";
import { burnAnswer } from "./burn.ts";
import { freezeAnswer } from "./freeze.ts";
import { greenAnswer } from "./green.ts";
import { type Look, answered } from "./look.ts";
import { migratedAnswer } from "./migrated.ts";
import { reportedAnswer } from "./reported.ts";
import { signalAnswer } from "./signal.ts";
import { signedAnswer } from "./signed.ts";

export type Asking = {
  readonly look: Look;
  readonly platform: Platform;
  readonly view: EnvironmentView | undefined;
  readonly tasks: Observed["tasks"];
  readonly signal: AbortSignal;
};

/** The answer to one question of a release. One that cannot be looked up is no answer: it holds. */
export async function answerTo(question: Extract<Question, { ask: "gate" | "health" }>, asking: Asking): Promise<Answer> {
  const { look, platform, tasks } = asking;
  if (question.ask === "health") return healthAnswer(question, asking);
  const { gate, revisions } = question;
  switch (gate.gate) {
    case "signal":
      return signalAnswer(gate, revisions, look);
    case "burn":
      return burnAnswer(gate, look);
    case "signed":
      return signedAnswer(gate, look);
    case "freeze":
      return freezeAnswer(gate, look);
    case "green":
      return greenAnswer(gate, look);
    case "check":
    case "clean":
      return reportedAnswer(gate, look);
    case "migrated":
      return migratedAnswer(gate, look, platform, tasks);
    case "alerts":
      return alertsAnswer(gate, look);
  }
}

/** How long a service may take to answer is the machine's business, and not sped up. */
const usualTimeoutMs = 5_000;

async function healthAnswer(
  { gate, revision }: Extract<Question, { ask: "health" }>,
  { look, view, signal }: Asking,
): Promise<Answer> {
  const { service, path } = gate;
  const timeout = look.material.environment.services[service]?.health?.timeout;
  const asked = { service, path, timeoutMs: timeout === undefined ? usualTimeoutMs : durationMs(timeout) };
  const { replicas, problem } =
    revision === undefined ? await probeService(view, asked, signal) : await probeRevision(view, { ...asked, revision }, signal);
  if (signal.aborted) throw new Error("nobody waits for it");
  if (problem !== undefined) return answered("fail", `${service} at ${path}: ${problem}`, Date.now(), { path });
  return answered("pass", `${service} answers at ${path}${replicas > 1 ? `, all ${replicas} of it` : ""}`, Date.now(), { path });
}
