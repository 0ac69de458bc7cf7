import type { Row } from "./row.ts";

export const rows: readonly Row[] = [
  {
    id: "CPA-01",
    what: "Local, CI, staging, production and demo, each with its address, trigger and data.",
    works:
      "check holds real data in production; compose makes it local (test/synth/compose.test.ts), demo goes with production (test/synth/pipelines-rows.test.ts); data seeds, anonymises and fills them later.",
    values: {
      "environments.local.purpose": "Developer workstation",
      "environments.local.domain": [
        {
          ref: "services.frontend",
          host: "localhost",
          port: 3000,
        },
        {
          ref: "services.backend",
          host: "localhost",
          port: 8080,
        },
      ],
      "environments.local.deploy": [
        {
          on: "hand",
        },
      ],
      "environments.local.data.ref": "datasets.start",
      "environments.ci.purpose": "Automated testing",
      "environments.ci.ephemeral": true,
      "environments.ci.deploy": [
        {
          on: "pull request",
        },
      ],
      "environments.ci.data.ref": "datasets.tests",
      "environments.staging.purpose": "Pre-production validation",
      "environments.staging.domain": ["staging.cpaplatform.io"],
      "environments.staging.deploy": [
        {
          branch: "main",
          on: "merge",
        },
      ],
      "environments.staging.data.ref": "datasets.tenants",
      "environments.staging.data.anonymised": true,
      "environments.production.purpose": "Live service",
      "environments.production.domain": ["app.cpaplatform.io"],
      "environments.production.deploy": [
        {
          on: "hand",
          version: "required",
        },
      ],
      "environments.production.data.ref": "datasets.tenants",
      "environments.demo.purpose": "Public demo instances",
      "environments.demo.domain": ["demo.cpaplatform.io"],
      "environments.demo.deploy": [
        {
          environment: {
            ref: "environments.production",
          },
          on: "together",
        },
      ],
      "environments.demo.data.ref": "datasets.firms",
      "datasets.firms.rows.firms": 3,
      "datasets.start.kind": "seed",
      "datasets.tests.kind": "fixtures",
      "datasets.tenants.kind": "real",
    },
  },
  {
    id: "CPA-02",
    what: "A compose file of nine services with the images, ports and settings listed.",
    works:
      "synth writes the nine as the compose specification has it (test/synth/compose.test.ts); gantry up runs the product without Docker (test/platform/example-dashboards.test.ts).",
    values: {
      "resources.postgres.container.image": "postgres:16",
      "resources.postgres.container.ports": ["5432:5432"],
      "resources.postgres.container.env.POSTGRES_DB": "cpa_dev",
      "resources.postgres.container.volume": "pgdata:/var/lib/postgresql/data",
      "resources.redis.container.image": "redis:7-alpine",
      "resources.redis.container.ports": ["6379:6379"],
      "resources.temporal.container.image": "temporalio/auto-setup:1.27.2",
      "resources.temporal.container.ports": ["7233:7233"],
      "resources.temporal.ui.image": "temporalio/ui:2.34.0",
      "resources.temporal.ui.ports": ["8233:8080"],
      "resources.typesense.container.image": "typesense/typesense:27.0",
      "resources.typesense.container.ports": ["8108:8108"],
      "environments.local.overrides.resources.typesense.container.env.TYPESENSE_API_KEY": "dev_key",
      "resources.localstack.container.image": "localstack/localstack:3.8",
      "resources.localstack.container.ports": ["4566:4566"],
      "resources.localstack.container.env.SERVICES": "s3,kms",
      "resources.clamav.container.image": "clamav/clamav:1.4",
      "resources.clamav.container.ports": ["3310:3310"],
      "services.backend.build.context": "./backend",
      "services.backend.container.ports": ["8080:8080"],
      "services.frontend.build.context": "./frontend",
      "services.frontend.container.ports": ["3000:3000"],
      "environments.local.envFile": ".env.local",
      "environments.local.compose": "docker-compose.yml",
      "files.compose": "docker-compose.yml",
    },
  },
  {
    id: "CPA-03",
    what: "Pull requests are checked: backend, frontend, ZAP baseline, integration tests with services beside them.",
    works:
      "synth writes the workflows with these jobs and the services beside them (test/synth/pipelines-rows.test.ts), and actionlint has nothing to say of them (test/synth/pipelines-github.test.ts).",
    values: {
      'checks["backend-check"].steps': [
        "cargo check",
        "cargo clippy -- -D warnings",
        "cargo test",
        "cargo audit",
        "sqlx prepare --check",
      ],
      'checks["backend-check"].beside': [
        {
          ref: "resources.postgres",
        },
        {
          ref: "resources.redis",
        },
      ],
      'checks["backend-check"].on': [
        {
          on: "pull request",
        },
        {
          branch: "main",
          on: "merge",
        },
      ],
      'checks["frontend-check"].on': [
        {
          on: "pull request",
        },
        {
          branch: "main",
          on: "merge",
        },
      ],
      'checks["security-scan"].on': [
        {
          on: "pull request",
        },
        {
          branch: "main",
          on: "merge",
        },
      ],
      'checks["integration-tests"].on': [
        {
          on: "pull request",
        },
        {
          branch: "main",
          on: "merge",
        },
      ],
      'checks["frontend-check"].steps': [
        "npm ci",
        "npx tsc --noEmit",
        "npx eslint .",
        "npx vitest run --coverage",
        "npm audit --audit-level=critical",
      ],
      'checks["security-scan"].steps': ["zap-baseline.py -t http://localhost:8080"],
      'checks["security-scan"].target': "http://localhost:8080",
      'checks["security-scan"].report': "zap",
      'checks["integration-tests"].steps': ["cargo test --test integration", "npx playwright test --project=chromium"],
      'checks["integration-tests"].needs': [
        {
          ref: "checks.backend-check",
        },
        {
          ref: "checks.frontend-check",
        },
      ],
      'checks["integration-tests"].beside': [
        {
          ref: "resources.postgres",
        },
        {
          ref: "resources.redis",
        },
        {
          ref: "resources.typesense",
        },
      ],
      "pipeline.runsOn": ["github actions"],
      "pipeline.checks": [
        {
          ref: "checks.backend-check",
        },
        {
          ref: "checks.frontend-check",
        },
        {
          ref: "checks.security-scan",
        },
        {
          ref: "checks.integration-tests",
        },
      ],
      "environments.ci.overrides.resources.postgres.container.env.POSTGRES_DB": "test",
    },
  },
  {
    id: "CPA-04",
    what: "A merge to main goes to staging: images to ECR, migrations, deployment, smoke tests, in this order.",
    works:
      "The spec says it; synth writes the pipeline in this order (test/synth/pipelines-rows.test.ts), and a release migrates before traffic (test/platform/migrations.test.ts).",
    values: {
      "pipeline.images.repository": "ecr",
      "pipeline.images.tag": ["sha"],
      "pipeline.images.on": [
        {
          branch: "main",
          on: "merge",
        },
      ],
      "services.backend.build.image": "cpa-backend",
      "services.frontend.build.image": "cpa-frontend",
      "environments.staging.deploy": [
        {
          branch: "main",
          on: "merge",
        },
      ],
      "environments.staging.cluster.name": "cpa-staging",
      "environments.staging.release.before": [
        {
          ref: "resources.postgres",
          step: "migrate",
        },
      ],
      "environments.staging.release.requires": [
        ...["backend-check", "frontend-check", "security-scan", "integration-tests"].map((name) => ({
          gate: "check",
          check: {
            ref: `checks.${name}`,
          },
        })),
        {
          ref: "resources.postgres",
          step: "migrated",
        },
      ],
      "environments.staging.release.after[1].command": "npx playwright test --project=chromium --grep @smoke",
      "resources.postgres.migrations.tool": "sqlx",
      "resources.postgres.migrations.apply": "sqlx migrate run",
    },
  },
  {
    id: "CPA-05",
    what: "Production by hand with a version: green and clean first, snapshot, migrate, blue-green, health, smoke, notice; back when any fails.",
    works: "The spec says it; a release does all of it on this machine, from the report of this very version to the notice.",
    values: {
      "environments.production.deploy[0].on": "hand",
      "environments.production.deploy[0].version": "required",
      "environments.production.release.strategy": "blue-green",
      "environments.production.release.requires[0]": {
        environment: {
          ref: "environments.staging",
        },
        gate: "green",
      },
      "environments.production.release.requires[1]": {
        gate: "clean",
        check: {
          ref: "checks.security-scan",
        },
        of: ["high", "critical"],
      },
      "environments.production.release.requires[2]": {
        ref: "resources.postgres",
        step: "migrated",
      },
      "environments.production.release.before": [
        {
          ref: "resources.postgres",
          step: "snapshot",
        },
        {
          ref: "resources.postgres",
          step: "migrate",
        },
      ],
      "environments.production.release.after[0].path": "/api/v1/health",
      "environments.production.release.after[0].tries": 30,
      "environments.production.release.after[0].every": "10s",
      "environments.production.release.after[1].command":
        "npx playwright test --project=chromium --grep @smoke --config=playwright.prod.config.ts",
      "environments.production.release.notify": [
        {
          ref: "channels.slack #cpa-platform",
        },
      ],
      "environments.production.release.rollbackOn": ["any failure"],
      "environments.production.cluster.name": "cpa-prod",
      "resources.postgres.migrations.snapshotName": "pre-deploy-<run>",
      "environments.production.overrides.resources.postgres.instance": "cpa-prod",
    },
  },
  {
    id: "CPA-06",
    what: "Fargate: backend 2 CPU and 4 GB, 2 to 4; frontend 1 and 2, 2; temporal-worker 2 and 4, 2 to 4.",
    works:
      "check knows Fargate's sizes; synth makes the services in these, scaled between these (test/synth/terraform-aws.test.ts).",
    values: {
      "services.backend.size.cpu": 2,
      "services.backend.size.memory": "4Gi",
      "services.backend.scale.min": 2,
      "services.backend.scale.max": 4,
      "services.frontend.size.cpu": 1,
      "services.frontend.size.memory": "2Gi",
      "services.frontend.scale.min": 2,
      "services.frontend.scale.max": 2,
      "services.temporal-worker.size.cpu": 2,
      "services.temporal-worker.size.memory": "4Gi",
      "services.temporal-worker.scale.min": 2,
      "services.temporal-worker.scale.max": 4,
      "services.backend.scale.on.cpu": "70%",
      "services.temporal-worker.scale.on.cpu": "70%",
      "services.backend.stack.framework": "axum",
      "services.frontend.stack.framework": "nextjs",
      "services.temporal-worker.takes": [
        {
          ref: "resources.temporal",
        },
      ],
      "environments.production.runs": "ecs",
    },
  },
  {
    id: "CPA-07",
    what: "RDS Postgres 16 over two zones with a replica, a Redis 7 cluster, S3 with Glacier, Typesense.",
    works:
      "check knows the sizes; synth makes all of it but Typesense, which the product only connects to (test/synth/terraform-aws.test.ts).",
    values: {
      "resources.postgres.version": 16,
      "resources.postgres.size": "db.r6g.large",
      "resources.postgres.highAvailability": true,
      "resources.postgres.replicas[0].size": "db.r6g.large",
      "resources.redis.version": 7,
      "resources.redis.size": "cache.r6g.large",
      "resources.redis.cluster": true,
      "resources.documents.lifeCycle[0].to": "glacier",
      "resources.typesense.version": "27.0",
      "resources.typesense.size.cpu": 2,
      "resources.typesense.size.memory": "4Gi",
      "environments.production.overrides.resources.typesense.external": true,
    },
  },
  {
    id: "CPA-08",
    what: "Three zones, a load balancer with a web firewall, CloudFront, Route 53, ACM, no public database.",
    works:
      "check refuses a public store; synth makes the zones, the firewall's rules and a database that only services reach (test/synth/terraform-aws.test.ts).",
    values: {
      "environments.production.network.zones": 3,
      "environments.production.network.privateSubnets": true,
      "environments.production.network.loadBalancer": "alb",
      "environments.production.network.firewall.rules": ["owasp core"],
      "environments.production.network.firewall.requestsPerMinute": 2000,
      "environments.production.network.cdn": "cloudfront",
      "environments.production.network.dns": "route 53",
      "environments.production.network.certificates": "acm",
      "environments.staging.network.zones": 3,
      "environments.staging.network.firewall.rules": ["owasp core"],
    },
  },
  {
    id: "CPA-09",
    what: "Envelope encryption with a key for each tenant; Secrets Manager, CloudTrail, GuardDuty, Config.",
    works:
      "synth makes it (test/synth/terraform-aws.test.ts); here too each tenant has keys of its own (test/resources/keys.test.ts), and documents are sealed with them (test/examples/cpa-platform.test.ts).",
    values: {
      "resources.tenant-keys.perTenant": true,
      "resources.tenant-keys.envelope": true,
      "tenants.firms.encryptedWith": {
        ref: "resources.tenant-keys",
      },
      "environments.production.secretsIn": "secrets manager",
      "environments.production.audit.calls": "cloudtrail",
      "environments.production.audit.threats": "guardduty",
      "environments.production.audit.compliance": "config",
      "services.backend.env.JWT_KEYS": {
        ref: "secrets.jwt-keys",
      },
      "resources.postgres.urlIn": {
        ref: "secrets.database-url",
      },
      "resources.stripe.key": {
        ref: "secrets.stripe-key",
      },
    },
  },
  {
    id: "CPA-10",
    what: "Prometheus, Grafana, Loki, Tempo, Sentry, CloudWatch; six dashboards with their panels.",
    works:
      "synth writes tools and dashboards (test/synth/monitoring-grafana.test.ts, test/synth/monitoring-terraform.test.ts); here every panel shows something (test/platform/example-dashboards.test.ts).",
    values: {
      "tools.metrics": ["prometheus", "cloudwatch"],
      "tools.dashboards": "grafana",
      "tools.logs": "loki",
      "tools.traces": "tempo",
      "tools.errors": "sentry",
      'dashboards["Service Health"].charts[0].title': "Request rate",
      'dashboards["Service Health"].charts[0].shows': [
        {
          kind: "signal",
          measure: "requests",
          of: {
            ref: "services.backend",
          },
        },
      ],
      'dashboards["Service Health"].charts[1].title': "Error rate",
      'dashboards["Service Health"].charts[1].shows': [
        {
          kind: "signal",
          measure: "errorRate",
          of: {
            ref: "services.backend",
          },
        },
      ],
      'dashboards["Service Health"].charts[2].title': "Latency p50, p95, p99",
      'dashboards["Service Health"].charts[2].shows': [
        {
          kind: "signal",
          measure: "latency",
          of: {
            ref: "services.backend",
          },
          quantile: 0.5,
        },
        {
          kind: "signal",
          measure: "latency",
          of: {
            ref: "services.backend",
          },
          quantile: 0.95,
        },
        {
          kind: "signal",
          measure: "latency",
          of: {
            ref: "services.backend",
          },
          quantile: 0.99,
        },
      ],
      'dashboards["Database"].charts[0].title': "Connection pool",
      'dashboards["Database"].charts[0].shows': [
        {
          kind: "signal",
          measure: "connectionsUsed",
          of: {
            ref: "resources.postgres",
          },
        },
      ],
      'dashboards["Database"].charts[1].title': "Query latency",
      'dashboards["Database"].charts[1].shows': [
        {
          kind: "signal",
          measure: "queryTime",
          of: {
            ref: "resources.postgres",
          },
          quantile: 0.95,
        },
      ],
      'dashboards["Database"].charts[2].title': "Replication lag",
      'dashboards["Database"].charts[2].shows': [
        {
          kind: "signal",
          measure: "replicationLag",
          of: {
            ref: "resources.postgres",
          },
        },
      ],
      'dashboards["Database"].charts[3].title': "Disk usage",
      'dashboards["Database"].charts[3].shows': [
        {
          kind: "signal",
          measure: "disk",
          of: {
            ref: "resources.postgres",
          },
        },
      ],
      'dashboards["Redis"].charts[0].title': "Hit rate",
      'dashboards["Redis"].charts[0].shows': [
        {
          kind: "signal",
          measure: "hitRate",
          of: {
            ref: "resources.redis",
          },
        },
      ],
      'dashboards["Redis"].charts[1].title': "Memory usage",
      'dashboards["Redis"].charts[1].shows': [
        {
          kind: "signal",
          measure: "memory",
          of: {
            ref: "resources.redis",
          },
        },
      ],
      'dashboards["Redis"].charts[2].title': "Connection count",
      'dashboards["Redis"].charts[2].shows': [
        {
          kind: "signal",
          measure: "connections",
          of: {
            ref: "resources.redis",
          },
        },
      ],
      'dashboards["Temporal"].charts[0].title': "Workflow throughput",
      'dashboards["Temporal"].charts[0].shows': [
        {
          kind: "signal",
          measure: "throughput",
          of: {
            ref: "resources.temporal",
          },
        },
      ],
      'dashboards["Temporal"].charts[1].title': "Failure rate",
      'dashboards["Temporal"].charts[1].shows': [
        {
          kind: "signal",
          measure: "failureRate",
          of: {
            ref: "resources.temporal",
          },
        },
      ],
      'dashboards["Temporal"].charts[2].title': "Queue depth",
      'dashboards["Temporal"].charts[2].shows': [
        {
          kind: "signal",
          measure: "queueDepth",
          of: {
            ref: "resources.temporal",
          },
        },
      ],
      'dashboards["Business"].charts[0].title': "Active tenants",
      'dashboards["Business"].charts[0].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "active_tenants",
          of: {
            ref: "services.backend",
          },
          type: "gauge",
        },
      ],
      'dashboards["Business"].charts[1].title': "Documents processed",
      'dashboards["Business"].charts[1].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "documents_processed_total",
          of: {
            ref: "services.backend",
          },
          type: "counter",
        },
      ],
      'dashboards["Business"].charts[2].title': "Invoices generated",
      'dashboards["Business"].charts[2].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "invoices_generated_total",
          of: {
            ref: "services.backend",
          },
          type: "counter",
        },
      ],
      'dashboards["Security"].charts[0].title': "Failed logins",
      'dashboards["Security"].charts[0].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "failed_logins_total",
          of: {
            ref: "services.backend",
          },
          type: "counter",
        },
      ],
      'dashboards["Security"].charts[1].title': "Rate limit hits",
      'dashboards["Security"].charts[1].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "rate_limit_hits_total",
          of: {
            ref: "services.backend",
          },
          type: "counter",
        },
      ],
      'dashboards["Security"].charts[2].title': "RLS violations",
      'dashboards["Security"].charts[2].shows': [
        {
          kind: "signal",
          measure: "metric",
          metric: "rls_violations_total",
          of: {
            ref: "services.backend",
          },
          type: "counter",
        },
      ],
    },
  },
  {
    id: "CPA-11",
    what: "Ten alerts, each with its severity and channel.",
    works:
      "Each fires when the document says so (test/signals/alerts-of-the-documents.test.ts), by promtool too, and goes where the document sends it (test/synth/monitoring-alertmanager-live.test.ts).",
    values: {
      'alerts["API error rate"].when.signal.measure': "errorRate",
      'alerts["API error rate"].when.is': "above",
      'alerts["API error rate"].when.value': "5%",
      'alerts["API error rate"].severity': "critical",
      'alerts["API error rate"].to': [
        {
          ref: "channels.pagerduty cpa-platform",
        },
      ],
      'alerts["API error rate"].when.signal.over': "5m",
      'alerts["API p99"].when.signal.measure': "latency",
      'alerts["API p99"].when.is': "above",
      'alerts["API p99"].when.value': "2s",
      'alerts["API p99"].severity': "high",
      'alerts["API p99"].to': [
        {
          ref: "channels.slack #cpa-platform",
        },
      ],
      'alerts["API p99"].when.signal.over': "5m",
      'alerts["API p99"].when.signal.quantile': 0.99,
      'alerts["DB connection pool"].when.signal.measure': "connectionsUsed",
      'alerts["DB connection pool"].when.is': "above",
      'alerts["DB connection pool"].when.value': "80%",
      'alerts["DB connection pool"].severity': "high",
      'alerts["DB connection pool"].to': [
        {
          ref: "channels.pagerduty cpa-platform",
        },
      ],
      'alerts["DB replication lag"].when.signal.measure': "replicationLag",
      'alerts["DB replication lag"].when.is': "above",
      'alerts["DB replication lag"].when.value': "30s",
      'alerts["DB replication lag"].severity': "critical",
      'alerts["DB replication lag"].to': [
        {
          ref: "channels.pagerduty cpa-platform",
        },
      ],
      'alerts["Redis memory"].when.signal.measure': "memory",
      'alerts["Redis memory"].when.is': "above",
      'alerts["Redis memory"].when.value': "80%",
      'alerts["Redis memory"].severity': "high",
      'alerts["Redis memory"].to': [
        {
          ref: "channels.slack #cpa-platform",
        },
      ],
      'alerts["Disk usage"].when.signal.measure': "disk",
      'alerts["Disk usage"].when.is': "above",
      'alerts["Disk usage"].when.value': "85%",
      'alerts["Disk usage"].severity': "high",
      'alerts["Disk usage"].to': [
        {
          ref: "channels.slack #cpa-platform",
        },
      ],
      'alerts["Temporal DLQ"].when.signal.measure': "deadLetters",
      'alerts["Temporal DLQ"].when.is': "above",
      'alerts["Temporal DLQ"].when.value': 10,
      'alerts["Temporal DLQ"].severity': "high",
      'alerts["Temporal DLQ"].to': [
        {
          ref: "channels.slack #cpa-platform",
        },
        {
          ref: "channels.email ops@cpaplatform.io",
        },
      ],
      'alerts["Failed login spike"].when.signal.measure': "metric",
      'alerts["Failed login spike"].when.is': "timesNormal",
      'alerts["Failed login spike"].when.value': 10,
      'alerts["Failed login spike"].severity': "critical",
      'alerts["Failed login spike"].to': [
        {
          ref: "channels.pagerduty cpa-platform",
        },
      ],
      'alerts["Failed login spike"].when.signal.over': "15m",
      'alerts["Failed login spike"].when.signal.metric': "failed_logins_total",
      'alerts["Certificate expiry"].when.signal.measure': "certificateLeft",
      'alerts["Certificate expiry"].when.is': "below",
      'alerts["Certificate expiry"].when.value': "14d",
      'alerts["Certificate expiry"].severity': "medium",
      'alerts["Certificate expiry"].to': [
        {
          ref: "channels.email ops@cpaplatform.io",
        },
      ],
      'alerts["Certificate expiry"].every': "1d",
      'alerts["Backup failure"].when.signal.measure': "backupFailures",
      'alerts["Backup failure"].when.is': "above",
      'alerts["Backup failure"].when.value': 0,
      'alerts["Backup failure"].severity': "critical",
      'alerts["Backup failure"].to': [
        {
          ref: "channels.pagerduty cpa-platform",
        },
      ],
    },
  },
  {
    id: "CPA-12",
    what: "Four runbooks that can be carried out, and a post-mortem within a day.",
    works:
      "synth writes a page for each, with its steps, checks and commands and the post-mortem's term (test/synth/docs.test.ts); control carries them out and chases the post-mortem later.",
    values: {
      'runbooks["RB-01"].title': "Database Failover",
      'runbooks["RB-01"].steps[0]': {
        title: "Multi-AZ failover was initiated",
        does: "check",
        of: {
          ref: "resources.postgres",
        },
        that: {
          kind: "condition",
          is: "atLeast",
          signal: {
            kind: "signal",
            measure: "restarts",
            of: {
              ref: "resources.postgres",
            },
            over: "1h",
          },
          value: 1,
        },
      },
      'runbooks["RB-01"].steps[1]': {
        title: "The application reconnected",
        does: "check",
        of: {
          ref: "services.backend",
        },
        that: {
          kind: "condition",
          is: "atLeast",
          signal: {
            kind: "signal",
            measure: "connections",
            of: {
              ref: "resources.postgres",
            },
          },
          value: 1,
        },
      },
      'runbooks["RB-01"].steps[2]': {
        title: "Promote the read replica",
        action: "promote replica",
        does: "run",
        of: {
          ref: "resources.postgres",
        },
        onlyIf: "the failover did not happen",
      },
      'runbooks["RB-01"].steps[3]': {
        title: "The replica has caught up",
        does: "check",
        that: {
          kind: "condition",
          is: "below",
          signal: {
            kind: "signal",
            measure: "replicationLag",
            of: {
              ref: "resources.postgres",
            },
          },
          value: "30s",
        },
      },
      'runbooks["RB-01"].steps[4]': {
        title: "Tell the team of the failover",
        does: "notify",
        to: {
          ref: "channels.slack #cpa-platform",
        },
      },
      'runbooks["RB-02"].title': "Service Degradation",
      'runbooks["RB-02"].steps[0]': {
        title: "Dashboards for anomalies",
        does: "check",
        see: {
          ref: "dashboards.Service Health",
        },
      },
      'runbooks["RB-02"].steps[1]': {
        title: "Is it backend?",
        does: "check",
        of: {
          ref: "services.backend",
        },
      },
      'runbooks["RB-02"].steps[2]': {
        title: "Is it frontend?",
        does: "check",
        of: {
          ref: "services.frontend",
        },
      },
      'runbooks["RB-02"].steps[3]': {
        title: "Is it temporal-worker?",
        does: "check",
        of: {
          ref: "services.temporal-worker",
        },
      },
      'runbooks["RB-02"].steps[4]': {
        title: "Is it temporal?",
        does: "check",
        of: {
          ref: "resources.temporal",
        },
      },
      'runbooks["RB-02"].steps[5]': {
        title: "Is it redis?",
        does: "check",
        of: {
          ref: "resources.redis",
        },
      },
      'runbooks["RB-02"].steps[6]': {
        title: "Is it postgres?",
        does: "check",
        of: {
          ref: "resources.postgres",
        },
      },
      'runbooks["RB-02"].steps[7]': {
        title: "Roll back",
        action: "rollback",
        does: "run",
        onlyIf: "it began with a deployment",
      },
      'runbooks["RB-02"].steps[8]': {
        title: "Scale up",
        action: "scale up",
        does: "run",
        of: {
          ref: "services.backend",
        },
        onlyIf: "it is load",
      },
      'runbooks["RB-02"].steps[9]': {
        title: "Does stripe answer?",
        does: "check",
        of: {
          ref: "resources.stripe",
        },
      },
      'runbooks["RB-02"].steps[10]': {
        title: "Does quickbooks answer?",
        does: "check",
        of: {
          ref: "resources.quickbooks",
        },
      },
      'runbooks["RB-02"].steps[11]': {
        title: "Does claude answer?",
        does: "check",
        of: {
          ref: "resources.claude",
        },
      },
      'runbooks["RB-03"].title': "Security Incident",
      'runbooks["RB-03"].steps[0]': {
        title: "Follow the incident response plan",
        document: "security/01_threat_model_controls.md §7",
        does: "ask",
      },
      'runbooks["RB-03"].steps[1]': {
        title: "Isolate the affected tenant",
        action: "isolate tenant",
        does: "run",
        onlyIf: "it is one tenant",
      },
      'runbooks["RB-03"].steps[2]': {
        title: "Revoke compromised credentials",
        action: "revoke credentials",
        does: "run",
      },
      'runbooks["RB-03"].steps[3]': {
        title: "Log more",
        action: "raise log level",
        does: "run",
        of: {
          ref: "services.backend",
        },
      },
      'runbooks["RB-03"].steps[4]': {
        title: "Engage the security team",
        does: "notify",
        to: {
          ref: "channels.slack #cpa-platform",
        },
      },
      'runbooks["RB-04"].title': "Rollback Deployment",
      'runbooks["RB-04"].steps[0]': {
        title: "Find the last good version",
        command: "git tag --sort=-creatordate",
        does: "check",
      },
      'runbooks["RB-04"].steps[1]': {
        title: "Back to the previous revision",
        action: "rollback",
        does: "run",
      },
      'runbooks["RB-04"].steps[2]': {
        title: "Revert the migration",
        action: "revert migration",
        does: "run",
        of: {
          ref: "resources.postgres",
        },
        onlyIf: "the version brought one",
      },
      'runbooks["RB-04"].steps[3]': {
        title: "Health checks pass",
        does: "check",
        of: {
          ref: "services.backend",
        },
        that: {
          kind: "condition",
          is: "below",
          signal: {
            kind: "signal",
            measure: "errorRate",
            of: {
              ref: "services.backend",
            },
            over: "5m",
          },
          value: "5%",
        },
      },
      'runbooks["RB-04"].steps[4]': {
        title: "Smoke tests",
        command: "npx playwright test --project=chromium --grep @smoke --config=playwright.prod.config.ts",
        does: "check",
      },
      'runbooks["RB-04"].postMortemWithin': "24h",
      "resources.postgres.migrations.revert": "sqlx migrate revert",
    },
  },
];
