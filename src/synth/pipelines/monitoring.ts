import { checkable } from "../monitoring/index.ts";
import type { Subject } from "../subject.ts";
import { word } from "../text/shell.ts";
import { type Job, job, run } from "./model.ts";
import { released } from "./tools.ts";

/** What Prometheus and Alertmanager read is judged by their own tools before it is merged, and the alerts are tried with samples. */
export function monitoringJobs(subject: Subject): readonly Job[] {
  const { rules, tests, alertmanager } = checkable(subject);
  if (rules.length + alertmanager.length === 0) return [];
  return [
    job("monitoring-files", "Monitoring", {
      timeoutMinutes: 20,
      steps: [
        { is: "checkout" },
        ...(rules.length === 0 ? [] : [released("promtool"), run("Rules", command("promtool check rules", rules))]),
        ...(tests.length === 0
          ? []
          : [
              run("Alerts ring when they should", command("promtool test rules", tests), {
                comment: "Some are about days of samples.",
              }),
            ]),
        ...(alertmanager.length === 0
          ? []
          : [released("amtool"), run("Routes of alerts", command("amtool check-config", alertmanager))]),
      ],
    }),
  ];
}

function command(program: string, files: readonly string[]): string {
  return [program, ...files.map((file) => `  ${word(file)}`)].join(" \\\n");
}
