import type { Answer, Gate } from "../../../delivery/gate.ts";
import type { Change, Release } from "../../../delivery/release.ts";
import { type Look, answered } from "./look.ts";

const looksBack = 100;

/** The very artifacts of this release were released in another environment, and everything after it passed. */
export async function greenAnswer(gate: Extract<Gate, { gate: "green" }>, { release, store, nowMs }: Look): Promise<Answer> {
  const rows = await store.runs.list(release.product, { environment: gate.environment, kind: "release", limit: looksBack });
  const releases = rows.map(({ data }) => data as Release);
  const found = release.changes.map((change) => ({ change, ...stands(change, releases) }));
  const evidence = found.map(({ change, run }) => ({
    service: change.service,
    artifact: change.artifact,
    ...(run === undefined ? {} : { release: run }),
  }));
  const worst = found.find(({ is }) => is === "fail") ?? found.find(({ is }) => is === "inconclusive");
  if (worst !== undefined)
    return answered(
      worst.is,
      `${worst.change.service} ${worst.change.version} ${worst.because} in ${gate.environment}`,
      nowMs,
      evidence,
    );
  return answered(
    "pass",
    `${found.map(({ change }) => `${change.service} ${change.version}`).join(", ")} stands healthy in ${gate.environment}`,
    nowMs,
    evidence,
  );
}

type Stands = { readonly is: Answer["verdict"]; readonly because: string; readonly run?: string };

function stands({ service, artifact }: Change, newestFirst: readonly Release[]): Stands {
  const about = newestFirst.filter(({ changes }) => changes.some((one) => one.service === service));
  const own = about.find(({ changes }) => changes.some((one) => one.service === service && one.artifact === artifact));
  if (own === undefined) return { is: "inconclusive", because: "was not released" };
  const run = own.id;
  if (own.phase === "degraded" || own.phase === "reverting") return { is: "fail", because: "was taken back", run };
  if (own.phase !== "healthy" && own.phase !== "watching") return { is: "inconclusive", because: "is on its way", run };
  const since = about.slice(0, about.indexOf(own)).find(({ phase }) => phase === "healthy" || phase === "watching");
  if (since !== undefined)
    return {
      is: "inconclusive",
      because: `has been replaced by ${since.changes.find((one) => one.service === service)?.version ?? "another"}`,
      run,
    };
  return { is: "pass", because: "stands healthy", run };
}
