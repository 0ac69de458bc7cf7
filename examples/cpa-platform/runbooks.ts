import { errorRate, restarts, runbook, step } from "gantry";
import { backend, cache, claude, db, flow, quickbooks, stripe, temporal, web } from "./things.ts";
import { smokeTestsOfProduction } from "./pipeline.ts";
import { health, team } from "./watch.ts";

const answers = step.check("Health checks pass", { that: errorRate(backend).over("5m").below("5%"), of: backend });

export const failover = runbook("RB-01", {
  title: "Database Failover",
  steps: [
    step.check("Multi-AZ failover was initiated", { that: restarts(db).over("1h").atLeast(1), of: db }),
    step.check("The application reconnected", { that: db.connections.atLeast(1), of: backend }),
    step.run("Promote the read replica", { action: "promote replica", of: db, onlyIf: "the failover did not happen" }),
    step.check("The replica has caught up", { that: db.replicationLag.below("30s") }),
    step.notify("Tell the team of the failover", { to: team }),
  ],
});

export const degradation = runbook("RB-02", {
  title: "Service Degradation",
  steps: [
    step.check("Dashboards for anomalies", { see: health }),
    ...[backend, web, flow, temporal, cache, db].map((of) => step.check(`Is it ${of.name}?`, { of })),
    step.run("Roll back", { action: "rollback", onlyIf: "it began with a deployment" }),
    step.run("Scale up", { action: "scale up", of: backend, onlyIf: "it is load" }),
    ...[stripe, quickbooks, claude].map((of) => step.check(`Does ${of.name} answer?`, { of })),
  ],
});

export const incident = runbook("RB-03", {
  title: "Security Incident",
  steps: [
    step.ask("Follow the incident response plan", { document: "security/01_threat_model_controls.md §7" }),
    step.run("Isolate the affected tenant", { action: "isolate tenant", onlyIf: "it is one tenant" }),
    step.run("Revoke compromised credentials", { action: "revoke credentials" }),
    step.run("Log more", { action: "raise log level", of: backend }),
    step.notify("Engage the security team", { to: team }),
  ],
});

const back = runbook("RB-04", {
  title: "Rollback Deployment",
  steps: [
    step.check("Find the last good version", { command: "git tag --sort=-creatordate" }),
    step.run("Back to the previous revision", { action: "rollback" }),
    step.run("Revert the migration", { action: "revert migration", of: db, onlyIf: "the version brought one" }),
    answers,
    step.check("Smoke tests", { command: smokeTestsOfProduction }),
  ],
  postMortemWithin: "24h",
});

export const runbooks = [failover, degradation, incident, back];
