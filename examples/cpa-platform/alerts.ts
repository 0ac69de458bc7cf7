import { alert, certificateLeft, errorRate, latency } from "gantry";
import { degradation, failover, incident } from "./runbooks.ts";
import { backend, cache, db, temporal } from "./things.ts";
import { failedLogins, mail, oncall, team } from "./watch.ts";

// "Instant" in the document means that nothing waits: no `for`.
export const alerts = [
  alert("API error rate", {
    when: errorRate(backend).over("5m").above("5%").withAtLeast(20),
    severity: "critical",
    to: oncall,
    runbook: degradation,
  }),
  alert("API p99", { when: latency(backend).over("5m").p99.above("2s"), severity: "high", to: team, runbook: degradation }),
  alert("DB connection pool", { when: db.connectionsUsed.above("80%"), severity: "high", to: oncall, runbook: degradation }),
  alert("DB replication lag", { when: db.replicationLag.above("30s"), severity: "critical", to: oncall, runbook: failover }),
  alert("Redis memory", { when: cache.memory.above("80%"), severity: "high", to: team, runbook: degradation }),
  alert("Disk usage", { when: db.disk.above("85%"), severity: "high", to: team }),
  alert("Temporal DLQ", { when: temporal.deadLetters.above(10), severity: "high", to: [team, mail], runbook: degradation }),
  alert("Failed login spike", {
    when: failedLogins.over("15m").timesNormal(10),
    severity: "critical",
    to: oncall,
    runbook: incident,
  }),
  alert("Certificate expiry", { when: certificateLeft(backend).below("14d"), severity: "medium", to: mail, every: "1d" }),
  alert("Backup failure", { when: db.backupFailures.above(0), severity: "critical", to: oncall }),
];
