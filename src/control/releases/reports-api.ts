import type { Actor } from "../../delivery/machine.ts";
import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import type { Platform } from "../platform.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf, whoOf } from "./actor-of.ts";
import { type Report, readReport, saidReport } from "./report.ts";

const mostVersions = 20;

/** What checks have found, as pipelines and people record it. */
export function reportsApi({ platform }: Control): readonly Endpoint[] {
  return [
    {
      method: "POST",
      path: "/v1/reports",
      answer({ body }) {
        const product = textOf(body, "product");
        const check = textOf(body, "check");
        const given = Array.isArray(body["versions"]) ? body["versions"] : [];
        const versions = [...new Set(given.map(String))].filter((one) => one !== "" && one.length <= 200);
        if (versions.length === 0 || versions.length > mostVersions) throw new UserError("usage", "a report is about a version");
        const report = typeof body["text"] === "string" ? readReport(body["text"]) : saidReport(body["ok"] === true);
        return recordReport(platform, { product, check, versions, report, by: actorOf(body["by"], platform.actor) });
      },
    },
  ];
}

type Recorded = {
  readonly product: string;
  readonly check: string;
  readonly versions: readonly string[];
  readonly report: Report;
  readonly by: Actor;
};

export async function recordReport({ store }: Pick<Platform, "store">, { product, check, versions, report, by }: Recorded) {
  for (const version of versions) await store.releases.addReport({ product, check, version, data: report, actor: by.name });
  await store.addEvent({
    product,
    kind: "report.recorded",
    ...whoOf(by),
    subject: check,
    because: report.says,
    data: { versions, ok: report.ok, findings: report.findings, format: report.format },
  });
  return { check, versions, report };
}
