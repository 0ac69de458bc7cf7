import { UserError } from "../../lib/errors.ts";
import type { Endpoint } from "../../system/json-server.ts";
import type { Control } from "../control.ts";
import { textOf } from "../watching/watched-in.ts";
import { actorOf, whoOf } from "./actor-of.ts";
import { readReport, saidReport } from "./report.ts";

const mostVersions = 20;

/** What checks have found, as pipelines and people record it. */
export function reportsApi({ platform }: Control): readonly Endpoint[] {
  const { store } = platform;
  return [
    {
      method: "POST",
      path: "/v1/reports",
      async answer({ body }) {
        const product = textOf(body, "product");
        const check = textOf(body, "check");
        const by = actorOf(body["by"], platform.actor);
        const given = Array.isArray(body["versions"]) ? body["versions"] : [];
        const versions = [...new Set(given.map(String))].filter((one) => one !== "" && one.length <= 200);
        if (versions.length === 0 || versions.length > mostVersions) throw new UserError("usage", "a report is about a version");
        const report = typeof body["text"] === "string" ? readReport(body["text"]) : saidReport(body["ok"] === true);
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
      },
    },
  ];
}
