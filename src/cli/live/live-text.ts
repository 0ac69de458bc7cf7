import { spanText } from "../../delivery/words/span.ts";
import { printable } from "../../lib/text.ts";
import { chanceText } from "../../rehearse/words/estimates.ts";
import { msText, verdictLines } from "../load/load-text.ts";
import type { Colours } from "../terminal.ts";
import type { Played } from "./game-day.ts";
import type { PhaseView } from "./phases.ts";

export type GameDayVerdict = { readonly ok: boolean; readonly surprises: readonly string[] };

/** What is rarer than this by the rehearsal is worth a second look. */
const rare = 0.05;

/** One run refutes nothing but what the rehearsal took to be nearly certain. */
export function verdictOf({ hypothesis, release, recovered, verdicts, isWhole }: Played): GameDayVerdict {
  const surprises: string[] = [];
  if (hypothesis !== undefined && release !== undefined && isWhole) {
    const { from, to } = hypothesis.takenBack;
    if (release.takenBack && to < rare) surprises.push("it was taken back, which the rehearsal took to be rare");
    if (!release.takenBack && from > 1 - rare) surprises.push("it was not taken back, and the rehearsal nearly always did");
  }
  surprises.push(...recovered.not.map((one) => `not as it was: ${one}`));
  return { ok: isWhole && surprises.length === 0 && verdicts.every(({ verdict }) => verdict === "pass"), surprises };
}

type About = {
  readonly product: string;
  readonly environment: string;
  readonly service: string;
  readonly injected: readonly string[];
  readonly traffic: string;
  /** The exercise of the spec that it was, and what of it people do. */
  readonly exercise?: string;
  readonly people?: readonly string[];
};

export function liveText(about: About, played: Played, { surprises }: GameDayVerdict, colours: Colours): string {
  const { bold, dim, green, red, yellow } = colours;
  const { hypothesis, release, faults, firing, during, after, recovered, isWhole, speed } = played;
  const lines = [
    `${bold(`${about.product} ${about.environment}`)}: ${about.injected.map(printable).join(", ")} in ${about.service}${about.exercise === undefined ? "" : ` (${printable(about.exercise)})`}, at ${about.traffic}${speed === 1 ? "" : dim(`, ${speed} times as fast`)}`,
  ];
  if (hypothesis !== undefined) {
    const { takenBack, detectedAfterMs, runs } = hypothesis;
    const when =
      detectedAfterMs === undefined
        ? ""
        : `, after ${spanText(detectedAfterMs.median)} (nine of ten between ${spanText(detectedAfterMs.from)} and ${spanText(detectedAfterMs.to)})`;
    lines.push(`  expected   taken back: ${chanceText(takenBack)}${when} ${dim(`${runs} rehearsals`)}`);
  }
  if (release !== undefined) {
    const when = release.detectedAfterMs === undefined ? "" : ` after ${spanText(release.detectedAfterMs)}`;
    lines.push(
      `  happened   ${release.takenBack ? `taken back${when}: ${printable(release.because ?? "")}` : isWhole ? "it went through" : "interrupted"} ${dim(release.id)}`,
    );
    for (const [service, { requests, errors }] of Object.entries(release.exposure))
      lines.push(`             the new ${printable(service)} answered ${requests}, ${errors} failed`);
  }
  lines.push(
    ...faults.map(
      ({ text, hits }) => `  injected   ${printable(text)}: ${hits === 0 ? yellow("hit nothing") : `hit ${hits} times`}`,
    ),
  );
  lines.push(`  during     ${phaseText(during)}`, `  after      ${phaseText(after)}`);
  for (const [name, atMs] of Object.entries(firing)) lines.push(`  alert      ${printable(name)} fired after ${spanText(atMs)}`);
  if (recovered.not.length === 0) lines.push(green(`✓ put back, and as it was after ${spanText(recovered.afterMs)}`));
  lines.push(...(about.people ?? []).map((one) => yellow(`? for people: ${printable(one)}`)));
  lines.push(...surprises.map((one) => red(`✗ ${printable(one)}`)), ...verdictLines(played.verdicts, colours));
  return `${lines.join("\n")}\n`;
}

function phaseText({ requests, failed, p95Ms }: PhaseView): string {
  return `${requests} requests, ${failed} failed${p95Ms === undefined ? "" : `, p95 ${msText(p95Ms)}`}`;
}
