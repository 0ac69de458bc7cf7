import type { AlertCase } from "../../src/signals/cases/alert-case.ts";
import type { Severity } from "../../src/signals/rules/ruleset.ts";

// What the five documents ask of their alerts, written by hand from them and not from the code: for each alert samples just over its
// threshold and just under it, for long enough and for too short, and when it is over. The same cases are given to the engine here, to
// promtool with the rules that are written for Prometheus, and to `gantry signals test`.

export type DocumentAlert = {
  /** The row of docs/requirements.md. */
  readonly row: string;
  /** The document's own words. */
  readonly words: string;
  readonly example: "proveniq-ledger" | "bytereview" | "codementor" | "cpa-platform" | "ai-governance";
  readonly environment: string;
  readonly alert: string;
  readonly severity: Severity;
  /** Channels as the spec names them. */
  readonly to: readonly string[];
  readonly cases: readonly Omit<AlertCase, "alert">[];
};

/** Requests a minute: some answered, some failed. */
const minute = { intervalSeconds: 60 };
const answered = (service: string) => `http_requests_total{service="${service}",revision="r1",status="2xx"}`;
const failed = (service: string) => `http_requests_total{service="${service}",revision="r1",status="5xx"}`;

/** Over 5 minutes and 20 requests, a share of the requests fails. `over` and `under` are failures of 1,000. */
const errorCases = (service: string, { over, under }: { over: number; under: number }): DocumentAlert["cases"] => [
  {
    says: `${over / 10} % fail`,
    ...minute,
    series: { [answered(service)]: `0+${1_000 - over}x30`, [failed(service)]: `0+${over}x30` },
    expect: [
      { at: "10m", is: "firing" },
      { at: "30m", is: "firing" },
    ],
  },
  {
    says: `${under / 10} % fail`,
    ...minute,
    series: { [answered(service)]: `0+${1_000 - under}x30`, [failed(service)]: `0+${under}x30` },
    expect: [
      { at: "10m", is: "quiet" },
      { at: "30m", is: "quiet" },
    ],
  },
  {
    says: "nobody has failed yet, so there is no series of failures",
    ...minute,
    series: { [answered(service)]: "0+100x30" },
    expect: [{ at: "30m", is: "quiet" }],
  },
  {
    says: "half of it fails for 20 minutes; 5 minutes later it is over, and not before",
    ...minute,
    series: { [answered(service)]: "0+50x20 1100+100x30", [failed(service)]: "0+50x20 1000x30" },
    expect: [
      { at: "20m", is: "firing" },
      { at: "23m", is: "firing" },
      { at: "26m", is: "quiet" },
    ],
  },
  {
    says: "all of 15 requests in 5 minutes fail: too few to tell",
    ...minute,
    series: { [answered(service)]: "0x30", [failed(service)]: "0+3x30" },
    expect: [{ at: "20m", is: "quiet" }],
  },
  {
    says: "all of 30 requests in 5 minutes fail",
    ...minute,
    series: { [answered(service)]: "0x30", [failed(service)]: "0+6x30" },
    expect: [{ at: "20m", is: "firing" }],
  },
  {
    says: "a service tells codes where the gateway tells classes",
    ...minute,
    series: {
      [`http_requests_total{service="${service}",status="200"}`]: "0+80x30",
      [`http_requests_total{service="${service}",status="503"}`]: "0+20x30",
    },
    expect: [{ at: "10m", is: "firing" }],
  },
  {
    says: "another service fails",
    ...minute,
    series: { [answered(service)]: "0+100x30", [failed("elsewhere")]: "0+100x30", [answered("elsewhere")]: "0x30" },
    expect: [{ at: "10m", is: "quiet" }],
  },
  {
    says: "the service goes away",
    ...minute,
    series: { [answered(service)]: "0+50x20 stale", [failed(service)]: "0+50x20 stale" },
    expect: [
      { at: "20m", is: "firing" },
      { at: "27m", is: "quiet" },
    ],
  },
];

/** Gauges that count at once: over, under, and over again only as long as it lasts. */
const atOnce = (
  series: (value: number) => Readonly<Record<string, string>>,
  { over, under }: { over: number; under: number },
): DocumentAlert["cases"] => {
  const joined = (...parts: readonly Readonly<Record<string, string>>[]) =>
    Object.fromEntries(Object.keys(parts[0] ?? {}).map((name) => [name, parts.map((part) => part[name] ?? "").join(" ")]));
  return [
    {
      says: `${over}, at once and only as long as it lasts`,
      ...minute,
      series: joined(series(under), series(over), series(under)),
      expect: [
        { at: "5m", is: "quiet" },
        { at: "6m", is: "firing" },
        { at: "11m", is: "firing" },
        { at: "12m", is: "quiet" },
      ],
    },
    { says: `${under}`, ...minute, series: joined(series(under), series(under)), expect: [{ at: "11m", is: "quiet" }] },
  ];
};

const queueCases = (queue: string): DocumentAlert["cases"] => [
  {
    says: "10,001 items for 10 minutes",
    ...minute,
    series: { [`queue_depth{queue="${queue}"}`]: "10001x20 900x5" },
    expect: [
      { at: "9m", is: "pending" },
      { at: "10m", is: "firing" },
      { at: "20m", is: "firing" },
      { at: "21m", is: "quiet" },
    ],
  },
  {
    says: "10,001 items for 9 minutes, twice",
    ...minute,
    series: { [`queue_depth{queue="${queue}"}`]: "10001x8 9999 10001x8 9999x3" },
    expect: [
      { at: "8m", is: "pending" },
      { at: "9m", is: "quiet" },
      { at: "18m", is: "pending" },
      { at: "19m", is: "quiet" },
    ],
  },
  {
    says: "10,000 items for half an hour",
    ...minute,
    series: { [`queue_depth{queue="${queue}"}`]: "10000x30" },
    expect: [{ at: "30m", is: "quiet" }],
  },
  {
    says: "nobody tells the depth for two minutes: the wait goes on",
    ...minute,
    series: { [`queue_depth{queue="${queue}"}`]: "12000x4 _x2 12000x10" },
    expect: [
      { at: "9m", is: "pending" },
      { at: "10m", is: "firing" },
    ],
  },
  {
    says: "what is in hand does not wait",
    ...minute,
    series: {
      [`queue_depth{queue="${queue}",state="waiting"}`]: "10x30",
      [`queue_depth{queue="${queue}",state="in_flight"}`]: "20000x30",
    },
    expect: [{ at: "30m", is: "quiet" }],
  },
];

/** Cold starts of which so many of 100 take longer than 5 s. */
const coldStarts = (slow: readonly [slow: string, all: string, quick: string]): Readonly<Record<string, string>> => {
  const of = (le: string) => `cold_start_duration_seconds_bucket{service="api",revision="r1",le="${le}"}`;
  const [within5, all, within2] = slow;
  return {
    [of("1")]: within2,
    [of("2.5")]: within2,
    [of("5")]: within5,
    [of("10")]: all,
    [of("+Inf")]: all,
    'cold_start_duration_seconds_count{service="api",revision="r1"}': all,
  };
};

const month = (services: readonly [string, string]): Readonly<Record<string, string>> => ({
  'cost_month_to_date_usd{service="api"}': services[0],
  'cost_month_to_date_usd{service="db"}': services[1],
});

/** The share of a month's budget: a dollar less is none. */
const monthCases = (dollars: number): DocumentAlert["cases"] => [
  {
    says: `${dollars} dollars, of two services together; a new month begins at nothing`,
    intervalSeconds: 300,
    series: month([`${dollars - 200 - 1}x5 ${dollars - 200}x5 0x5`, "200x11 0x5"]),
    expect: [
      { at: "25m", is: "quiet" },
      { at: "30m", is: "firing" },
      { at: "55m", is: "firing" },
      { at: "65m", is: "quiet" },
    ],
  },
  {
    says: `${dollars - 1} dollars`,
    intervalSeconds: 300,
    series: month([`${dollars - 201}x12`, "200x12"]),
    expect: [{ at: "1h", is: "quiet" }],
  },
];

const probe = (check: string) => `probe_success{check="${check}"}`;

/** A check from outside, so many seconds apart: the second in a row that fails counts. */
const probeCases = (check: string, every: number): DocumentAlert["cases"] => [
  {
    says: "nobody answers for some checks",
    intervalSeconds: every,
    series: { [probe(check)]: "1x5 0x5 1x5" },
    expect: [
      { at: `${every * 5}s`, is: "quiet" },
      { at: `${every * 6}s`, is: "quiet" },
      { at: `${every * 7 + 30}s`, is: "firing" },
      { at: `${every * 11}s`, is: "firing" },
      { at: `${every * 12 + 30}s`, is: "quiet" },
    ],
  },
  {
    says: "every other check fails",
    intervalSeconds: every,
    series: { [probe(check)]: "1 0 1 0 1 0 1 0 1 0 1" },
    expect: [{ at: `${every * 9}s`, is: "quiet" }],
  },
];

const day = 1_440;
/** Requests of which a share fails for a while, after a past without failures; samples a minute apart, 1,000 requests each. */
const burning = (of: {
  readonly service: string;
  readonly cleanMinutes: number;
  readonly badOf1000: number;
  readonly badMinutes: number;
  readonly afterMinutes: number;
}): Readonly<Record<string, string>> => {
  const { service, cleanMinutes, badOf1000, badMinutes, afterMinutes } = of;
  const good = 1_000 - badOf1000;
  const before = cleanMinutes * 1_000;
  const during = before + badMinutes * good;
  return {
    [answered(service)]:
      `0+1000x${cleanMinutes} ${before + good}+${good}x${badMinutes - 1} ${during + 1_000}+1000x${afterMinutes}`,
    [failed(service)]: `0x${cleanMinutes} ${badOf1000}+${badOf1000}x${badMinutes - 1} ${badMinutes * badOf1000}x${afterMinutes}`,
  };
};

/** Checks from outside, 15 seconds apart: all succeed, then one of so many fails, then all succeed. */
const failingChecks = (of: {
  readonly cleanHours: number;
  readonly oneOf: number;
  readonly badHours: number;
  readonly afterHours: number;
}): Readonly<Record<string, string>> => {
  const rounds = Math.floor((of.badHours * 240) / of.oneOf);
  const bad = Array.from({ length: rounds }, () => `1x${of.oneOf - 2} 0`).join(" ");
  return { [probe("from outside")]: `1x${of.cleanHours * 240 - 1} ${bad} 1x${of.afterHours * 240}` };
};

const governance = {
  row: "GOV-10",
  words: "SLA target: 99.9% uptime for production workloads.",
  example: "ai-governance",
  environment: "production",
  to: ["pagerduty governance-platform"],
} as const;

export const alertsOfTheDocuments: readonly DocumentAlert[] = [
  {
    row: "LED-09",
    words: "Alert on >5% error rate (indicates broken build or partner misuse).",
    example: "proveniq-ledger",
    environment: "sandbox",
    alert: "Error rate",
    severity: "warning",
    to: ["slack #devops"],
    cases: errorCases("api", { over: 51, under: 49 }),
  },
  {
    row: "LED-10",
    words: "Daily Budget Cap: $20/day (Alerts sent to DevOps channel).",
    example: "proveniq-ledger",
    environment: "sandbox",
    alert: "Budget: 100% of the day",
    severity: "critical",
    to: ["slack #devops"],
    cases: [
      {
        says: "20 dollars, until midnight",
        intervalSeconds: 300,
        series: { 'cost_day_to_date_usd{service="api"}': "12x3 14x3 0x3", 'cost_day_to_date_usd{service="db"}': "6x7 0x3" },
        expect: [
          { at: "15m", is: "quiet" },
          { at: "20m", is: "firing" },
          { at: "35m", is: "firing" },
          { at: "45m", is: "quiet" },
        ],
      },
      {
        says: "19.99 dollars",
        intervalSeconds: 300,
        series: { 'cost_day_to_date_usd{service="api"}': "19.99x12" },
        expect: [{ at: "1h", is: "quiet" }],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "API error rate | > 2 % 5-min window | PagerDuty critical",
    example: "bytereview",
    environment: "prod",
    alert: "API errors",
    severity: "critical",
    to: ["pagerduty platform"],
    cases: errorCases("api", { over: 21, under: 19 }),
  },
  ...["extraction", "imports"].map((queue): DocumentAlert => ({
    row: "BYT-17",
    words: "Worker queue depth | > 10 k items 10 min | Slack #ops",
    example: "bytereview",
    environment: "prod",
    alert: `Queue depth: ${queue}`,
    severity: "warning",
    to: ["slack #ops"],
    cases: queueCases(queue),
  })),
  {
    row: "BYT-17",
    words: "Redis memory | > 80 % | PagerDuty warn",
    example: "bytereview",
    environment: "prod",
    alert: "Redis memory",
    severity: "warning",
    to: ["pagerduty platform"],
    cases: [
      ...atOnce(
        (percent) => ({
          'redis_memory_used_bytes{resource="cache"}': `${percent * 10_000_000}x5`,
          'redis_memory_max_bytes{resource="cache"}': "1000000000x5",
        }),
        { over: 81, under: 80 },
      ),
      {
        says: "a redis without a limit of its own is held against what the spec gives it: 5 GiB",
        ...minute,
        series: {
          'redis_memory_used_bytes{resource="cache"}': "4294967297x10",
          'redis_memory_max_bytes{resource="cache"}': "0x10",
        },
        expect: [{ at: "5m", is: "firing" }],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "Cloud Run cold-start latency | > 5 s p95 | Slack",
    example: "bytereview",
    environment: "prod",
    alert: "Cold starts",
    severity: "warning",
    to: ["slack #ops"],
    cases: [
      {
        says: "6 of 100 take longer than 5 s",
        ...minute,
        series: coldStarts(["0+94x30", "0+100x30", "0+80x30"]),
        expect: [{ at: "20m", is: "firing" }],
      },
      {
        says: "4 of 100 take longer than 5 s, and a fifth longer than 2.5 s",
        ...minute,
        series: coldStarts(["0+96x30", "0+100x30", "0+76x30"]),
        expect: [{ at: "20m", is: "quiet" }],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "GCP budget | ≥ 85 % month-to-date | Email finance",
    example: "bytereview",
    environment: "prod",
    alert: "GCP budget",
    severity: "warning",
    to: ["email finance@bytereview.ai"],
    cases: monthCases(8_500),
  },
  {
    row: "BYT-17",
    words: "SLOs alert before customers notice",
    example: "bytereview",
    environment: "prod",
    alert: "API promise at risk",
    severity: "critical",
    to: ["pagerduty platform"],
    cases: [
      {
        says: "2 % fail, 20 times too many: known after three quarters of an hour, and over 5 minutes after it is",
        ...minute,
        series: burning({ service: "api", cleanMinutes: 120, badOf1000: 20, badMinutes: 60, afterMinutes: 60 }),
        expect: [
          { at: "2h30m", is: "quiet" },
          { at: "2h50m", is: "firing" },
          { at: "3h1m", is: "firing" },
          { at: "3h10m", is: "quiet" },
        ],
      },
      {
        says: "1.2 % fail for three hours: that is for the slower windows",
        ...minute,
        series: burning({ service: "api", cleanMinutes: 60, badOf1000: 12, badMinutes: 180, afterMinutes: 1 }),
        expect: [
          { at: "2h30m", is: "quiet" },
          { at: "4h", is: "quiet" },
        ],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "SLOs alert before customers notice",
    example: "bytereview",
    environment: "prod",
    alert: "API burns 6× over 6h",
    severity: "critical",
    to: ["pagerduty platform"],
    cases: [
      {
        says: "1 % fails, 10 times too many: 6 hours hold 6 times as much after 3 hours and 36 minutes",
        ...minute,
        roundSeconds: 60,
        series: burning({ service: "api", cleanMinutes: 360, badOf1000: 10, badMinutes: 300, afterMinutes: 90 }),
        expect: [
          { at: "9h15m", is: "quiet" },
          { at: "10h", is: "firing" },
          { at: "11h", is: "firing" },
          { at: "11h45m", is: "quiet" },
        ],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "SLOs alert before customers notice",
    example: "bytereview",
    environment: "prod",
    alert: "API burns 3× over 1d",
    severity: "warning",
    to: ["pagerduty platform"],
    cases: [
      {
        says: "0.5 % fail, 5 times too many: a day holds 3 times as much after 14 hours and 24 minutes",
        ...minute,
        roundSeconds: 300,
        series: burning({ service: "api", cleanMinutes: day, badOf1000: 5, badMinutes: 1_000, afterMinutes: 200 }),
        expect: [
          { at: "37h", is: "quiet" },
          { at: "40h", is: "firing" },
          { at: "43h", is: "quiet" },
        ],
      },
    ],
  },
  {
    row: "BYT-17",
    words: "SLOs alert before customers notice",
    example: "bytereview",
    environment: "prod",
    alert: "API burns 1× over 3d",
    severity: "warning",
    to: ["pagerduty platform"],
    cases: [
      {
        says: "0.2 % fail, twice too many: 3 days hold just too many after a day and a half",
        ...minute,
        roundSeconds: 300,
        series: burning({ service: "api", cleanMinutes: 3 * day, badOf1000: 2, badMinutes: 2_400, afterMinutes: 500 }),
        expect: [
          { at: "105h", is: "quiet" },
          { at: "111h", is: "firing" },
          { at: "120h", is: "quiet" },
        ],
      },
    ],
  },
  ...(
    [
      ["dev", 500],
      ["staging", 1_500],
      ["prod", 10_000],
    ] as const
  ).flatMap(([environment, dollars]) =>
    ([50, 75, 90] as const).map((percent): DocumentAlert => ({
      row: "BYT-19",
      words: "Budgets: $500 dev, $1 500 staging, $10 000 prod per month; alert at 50 / 75 / 90 %.",
      example: "bytereview",
      environment,
      alert: `Budget: ${percent}% of the month`,
      severity: percent === 50 ? "info" : "warning",
      to: ["email finance@bytereview.ai"],
      cases: monthCases((dollars * percent) / 100),
    })),
  ),
  ...(
    [
      ["API", "api"],
      ["App", "frontend"],
    ] as const
  ).map(([check]): DocumentAlert => ({
    row: "BYT-17",
    words: "`service_url` | Monitoring uptime checks & canary step",
    example: "bytereview",
    environment: "prod",
    alert: `${check} does not answer`,
    severity: "critical",
    to: ["pagerduty platform"],
    cases: probeCases(check, 60),
  })),
  {
    row: "MEN-02",
    words: "Alert policies for error rates",
    example: "codementor",
    environment: "prod",
    alert: "API errors",
    severity: "critical",
    to: ["slack #codementor-ops", "email devops@codementor.example"],
    cases: errorCases("backend", { over: 51, under: 49 }),
  },
  {
    row: "MEN-02",
    words: "Uptime checks configuration",
    example: "codementor",
    environment: "prod",
    alert: "backend answers does not answer",
    severity: "critical",
    to: ["slack #codementor-ops", "email devops@codementor.example"],
    cases: probeCases("backend answers", 300),
  },
  {
    row: "CPA-11",
    words: "API error rate > 5% | 5 min window | Critical | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "API error rate",
    severity: "critical",
    to: ["pagerduty cpa-platform"],
    cases: errorCases("backend", { over: 51, under: 49 }),
  },
  {
    row: "CPA-11",
    words: "API p99 > 2s | 5 min window | High | Slack",
    example: "cpa-platform",
    environment: "production",
    alert: "API p99",
    severity: "high",
    to: ["slack #cpa-platform"],
    cases: [
      {
        says: "2 of 100 take between 2.5 and 5 s",
        ...minute,
        series: latencies(["0+98x30", "0+98x30", "0+100x30"]),
        expect: [{ at: "10m", is: "firing" }],
      },
      {
        says: "the slowest of 100 take less than 2 s, as far as buckets tell",
        ...minute,
        series: latencies(["0+985x30", "0+1000x30", "0+1000x30"]),
        expect: [{ at: "10m", is: "quiet" }],
      },
      {
        says: "a fifth is slow for 20 minutes; 5 minutes later it is over, and not before",
        ...minute,
        series: latencies(["0+80x20 1700+100x20", "0+80x20 1700+100x20", "0+100x40"]),
        expect: [
          { at: "20m", is: "firing" },
          { at: "23m", is: "firing" },
          { at: "26m", is: "quiet" },
        ],
      },
      {
        says: "15 slow requests in 5 minutes: too few to tell",
        ...minute,
        series: latencies(["0x30", "0x30", "0+3x30"]),
        expect: [{ at: "20m", is: "quiet" }],
      },
    ],
  },
  {
    row: "CPA-11",
    words: "DB connection pool > 80% | Instant | High | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "DB connection pool",
    severity: "high",
    to: ["pagerduty cpa-platform"],
    cases: atOnce(
      (percent) => ({
        'pg_stat_activity_count{resource="postgres",datname="cpa",state="active"}': `${percent - 20}x5`,
        'pg_stat_activity_count{resource="postgres",datname="cpa",state="idle"}': "20x5",
        'pg_settings_max_connections{resource="postgres"}': "100x5",
      }),
      { over: 81, under: 80 },
    ),
  },
  {
    row: "CPA-11",
    words: "DB replication lag > 30s | Instant | Critical | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "DB replication lag",
    severity: "critical",
    to: ["pagerduty cpa-platform"],
    cases: atOnce((seconds) => ({ 'pg_replication_lag_seconds{resource="postgres"}': `${seconds}x5` }), { over: 31, under: 30 }),
  },
  {
    row: "CPA-11",
    words: "Redis memory > 80% | Instant | High | Slack",
    example: "cpa-platform",
    environment: "production",
    alert: "Redis memory",
    severity: "high",
    to: ["slack #cpa-platform"],
    cases: atOnce(
      (percent) => ({
        'redis_memory_used_bytes{resource="redis"}': `${percent * 10_000_000}x5`,
        'redis_memory_max_bytes{resource="redis"}': "1000000000x5",
      }),
      { over: 81, under: 80 },
    ),
  },
  {
    row: "CPA-11",
    words: "Disk usage > 85% | Instant | High | Slack",
    example: "cpa-platform",
    environment: "production",
    alert: "Disk usage",
    severity: "high",
    to: ["slack #cpa-platform"],
    cases: atOnce(
      (percent) => ({
        'node_filesystem_avail_bytes{resource="postgres",mountpoint="/data"}': `${(100 - percent) * 1_000_000}x5`,
        'node_filesystem_size_bytes{resource="postgres",mountpoint="/data"}': "100000000x5",
        'node_filesystem_avail_bytes{resource="postgres",mountpoint="/"}': "90000000x5",
        'node_filesystem_size_bytes{resource="postgres",mountpoint="/"}': "100000000x5",
      }),
      { over: 86, under: 84 },
    ),
  },
  {
    row: "CPA-11",
    words: "Temporal DLQ > 10 items | Instant | High | Slack + Email",
    example: "cpa-platform",
    environment: "production",
    alert: "Temporal DLQ",
    severity: "high",
    to: ["slack #cpa-platform", "email ops@cpaplatform.io"],
    cases: atOnce((items) => ({ 'queue_dead_letters{queue="temporal"}': `${items}x5` }), { over: 11, under: 10 }),
  },
  {
    row: "CPA-11",
    words: "Failed login spike (10x normal) | 15 min window | Critical | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "Failed login spike",
    severity: "critical",
    to: ["pagerduty cpa-platform"],
    cases: [
      {
        says: "one a minute is usual; 12 a minute for 20 minutes are not",
        intervalSeconds: 300,
        series: { 'failed_logins_total{service="backend"}': "0+5x312 1620+60x3 1805+5x20" },
        expect: [
          { at: "26h", is: "quiet" },
          { at: "26h22m", is: "firing" },
          { at: "27h", is: "quiet" },
        ],
      },
      {
        says: "9 a minute for 20 minutes are less than 10 times what is usual",
        intervalSeconds: 300,
        series: { 'failed_logins_total{service="backend"}': "0+5x312 1605+45x3 1745+5x20" },
        expect: [
          { at: "26h22m", is: "quiet" },
          { at: "27h", is: "quiet" },
        ],
      },
      {
        says: "where next to nothing is usual, 18 in 15 minutes are no attack",
        intervalSeconds: 60,
        series: { 'failed_logins_total{service="backend"}': "0+1.2x60" },
        expect: [{ at: "40m", is: "quiet" }],
      },
      {
        says: "30 in 15 minutes are, even before a day has shown what is usual",
        intervalSeconds: 60,
        series: { 'failed_logins_total{service="backend"}': "0+2x60" },
        expect: [{ at: "40m", is: "firing" }],
      },
    ],
  },
  {
    row: "CPA-11",
    words: "Certificate expiry < 14 days | Daily check | Medium | Email",
    example: "cpa-platform",
    environment: "production",
    alert: "Certificate expiry",
    severity: "medium",
    to: ["email ops@cpaplatform.io"],
    cases: [
      {
        says: "15 days are left, then less than 14, then it is renewed",
        intervalSeconds: 3_600,
        roundSeconds: 3_600,
        // Time begins at 0: it runs out on the fifteenth day, and then on the ninetieth.
        series: { 'probe_ssl_earliest_cert_expiry{host="app.cpaplatform.io"}': "1296000x48 7776000x24" },
        expect: [
          { at: "1h", is: "quiet" },
          { at: "24h", is: "quiet" },
          { at: "25h", is: "firing" },
          { at: "48h", is: "firing" },
          { at: "49h", is: "quiet" },
        ],
      },
      {
        says: "another host's runs out",
        intervalSeconds: 3_600,
        roundSeconds: 3_600,
        series: { 'probe_ssl_earliest_cert_expiry{host="elsewhere.example"}': "1000000x48" },
        expect: [{ at: "48h", is: "quiet" }],
      },
    ],
  },
  {
    row: "CPA-11",
    words: "Backup failure | Instant | Critical | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "Backup failure",
    severity: "critical",
    to: ["pagerduty cpa-platform"],
    cases: [
      {
        says: "the last one failed; the next one does not",
        ...minute,
        series: {
          'backup_last_exit_code{resource="postgres"}': "0x10 1x10 0x10",
          'backup_last_success_timestamp_seconds{resource="postgres"}': "0x21 1320x9",
        },
        expect: [
          { at: "10m", is: "quiet" },
          { at: "11m", is: "firing" },
          { at: "21m", is: "firing" },
          { at: "22m", is: "quiet" },
        ],
      },
      {
        says: "none failed, and none came: after 26 hours that is a failure",
        intervalSeconds: 300,
        roundSeconds: 300,
        series: {
          'backup_last_exit_code{resource="postgres"}': "0x400",
          'backup_last_success_timestamp_seconds{resource="postgres"}': "0x340 102300x60",
        },
        expect: [
          { at: "26h", is: "quiet" },
          { at: "26h5m", is: "firing" },
          { at: "28h25m", is: "quiet" },
        ],
      },
    ],
  },
  {
    row: "CPA-11",
    words: "Backup failure | Instant | Critical | PagerDuty",
    example: "cpa-platform",
    environment: "production",
    alert: "Backup failure: not measured",
    severity: "warning",
    to: ["pagerduty cpa-platform"],
    cases: [
      {
        says: "nobody tells of any backup for an hour",
        intervalSeconds: 300,
        series: { 'backup_last_success_timestamp_seconds{resource="postgres"}': "_x20 6000x3" },
        expect: [
          { at: "59m", is: "pending" },
          { at: "60m", is: "firing" },
          { at: "1h41m", is: "quiet" },
        ],
      },
      {
        says: "another resource's backups are told of",
        intervalSeconds: 300,
        series: { 'backup_last_success_timestamp_seconds{resource="documents"}': "0x20" },
        expect: [{ at: "1h10m", is: "firing" }],
      },
    ],
  },
  {
    row: "GOV-10",
    words: "SLA target: 99.9% uptime for production workloads.",
    example: "ai-governance",
    environment: "production",
    alert: "Downtime",
    severity: "critical",
    to: ["pagerduty governance-platform"],
    cases: [
      {
        says: "nobody answers for 5 minutes: known after 4",
        intervalSeconds: 15,
        series: { [probe("from outside")]: "1x479 0x19 1x120" },
        expect: [
          { at: "1h59m", is: "quiet" },
          { at: "2h4m", is: "firing" },
          { at: "2h15m", is: "quiet" },
        ],
      },
      {
        says: "6 of an hour's 240 checks fail: 25 times too many, and 12.5 times over two hours",
        intervalSeconds: 15,
        series: { [probe("from outside")]: "1x479 0x5 1x120" },
        expect: [
          { at: "2h1m", is: "quiet" },
          { at: "2h5m", is: "firing" },
          { at: "2h10m", is: "quiet" },
        ],
      },
      {
        says: "2 of an hour's 240 checks fail: 8.3 times too many, which is for the slower windows",
        intervalSeconds: 15,
        series: { [probe("from outside")]: "1x479 0x1 1x120" },
        expect: [{ at: "2h5m", is: "quiet" }],
      },
    ],
  },
  {
    ...governance,
    alert: "availability burns 6× over 6h",
    severity: "critical",
    cases: [
      {
        says: "1 % of the checks fail: 10 times too many",
        intervalSeconds: 15,
        roundSeconds: 60,
        series: failingChecks({ cleanHours: 6, oneOf: 100, badHours: 5, afterHours: 2 }),
        expect: [
          { at: "8h45m", is: "quiet" },
          { at: "10h30m", is: "firing" },
          { at: "12h", is: "quiet" },
        ],
      },
    ],
  },
  {
    ...governance,
    alert: "availability burns 3× over 1d",
    severity: "warning",
    cases: [
      {
        says: "0.5 % of the checks fail: 5 times too many",
        intervalSeconds: 15,
        roundSeconds: 300,
        series: failingChecks({ cleanHours: 24, oneOf: 200, badHours: 17, afterHours: 4 }),
        expect: [
          { at: "36h", is: "quiet" },
          { at: "40h", is: "firing" },
          { at: "44h", is: "quiet" },
        ],
      },
    ],
  },
  {
    ...governance,
    alert: "availability burns 1× over 3d",
    severity: "warning",
    cases: [
      {
        says: "0.2 % of the checks fail: twice too many",
        intervalSeconds: 15,
        roundSeconds: 300,
        series: failingChecks({ cleanHours: 72, oneOf: 500, badHours: 42, afterHours: 8 }),
        expect: [
          { at: "102h", is: "quiet" },
          { at: "113h", is: "firing" },
          { at: "121h", is: "quiet" },
        ],
      },
    ],
  },
  {
    row: "GOV-10",
    words: "SLA target: 99.9% uptime for production workloads.",
    example: "ai-governance",
    environment: "production",
    alert: "from outside does not answer",
    severity: "critical",
    to: ["pagerduty governance-platform"],
    cases: probeCases("from outside", 60),
  },
  {
    row: "GOV-10",
    words: "Database performance (query duration, connection pool).",
    example: "ai-governance",
    environment: "production",
    alert: "Replica behind",
    severity: "high",
    to: ["pagerduty governance-platform"],
    cases: [
      {
        says: "31 s for 5 minutes",
        ...minute,
        series: { 'pg_replication_lag_seconds{resource="db"}': "5x2 31x7 5x2" },
        expect: [
          { at: "7m", is: "pending" },
          { at: "8m", is: "firing" },
          { at: "10m", is: "firing" },
          { at: "11m", is: "quiet" },
        ],
      },
      {
        says: "31 s for 4 minutes, twice",
        ...minute,
        series: { 'pg_replication_lag_seconds{resource="db"}': "31x4 5 31x4 5x2" },
        expect: [
          { at: "4m", is: "pending" },
          { at: "10m", is: "pending" },
          { at: "11m", is: "quiet" },
        ],
      },
      {
        says: "30 s",
        ...minute,
        series: { 'pg_replication_lag_seconds{resource="db"}': "30x20" },
        expect: [{ at: "20m", is: "quiet" }],
      },
    ],
  },
  {
    row: "GOV-10",
    words: "Automated replication and backup verification.",
    example: "ai-governance",
    environment: "production",
    alert: "Backup failed",
    severity: "high",
    to: ["pagerduty governance-platform"],
    cases: [
      {
        says: "one of the day's fails; a day later it is over",
        intervalSeconds: 900,
        roundSeconds: 900,
        series: {
          'backup_runs_total{resource="db",outcome="ok"}': "0x95 1x95 2x95",
          'backup_runs_total{resource="db",outcome="failed"}': "0x110 1x180",
        },
        expect: [
          { at: "24h", is: "quiet" },
          { at: "28h", is: "firing" },
          { at: "50h", is: "firing" },
          { at: "53h", is: "quiet" },
        ],
      },
      {
        says: "none fails",
        intervalSeconds: 900,
        roundSeconds: 900,
        series: {
          'backup_runs_total{resource="db",outcome="ok"}': "0x95 1x95 2x95",
          'backup_runs_total{resource="db",outcome="failed"}': "0x290",
        },
        expect: [{ at: "50h", is: "quiet" }],
      },
    ],
  },
  {
    row: "GOV-10",
    words: "Automated replication and backup verification.",
    example: "ai-governance",
    environment: "production",
    alert: "Backup failed: not measured",
    severity: "warning",
    to: ["pagerduty governance-platform"],
    cases: [
      {
        says: "nobody tells of any backup for an hour",
        intervalSeconds: 300,
        series: { 'backup_last_success_timestamp_seconds{resource="db"}': "_x20 6000x3" },
        expect: [
          { at: "59m", is: "pending" },
          { at: "60m", is: "firing" },
          { at: "1h41m", is: "quiet" },
        ],
      },
    ],
  },
];

/** Answers of the backend: how many took at most a second, at most 2.5 s, and at most 5 s, which are all. */
function latencies([second, within, all]: readonly [string, string, string]): Readonly<Record<string, string>> {
  const of = (le: string) => `http_request_duration_seconds_bucket{service="backend",revision="r1",le="${le}"}`;
  return {
    [of("1")]: second,
    [of("2.5")]: within,
    [of("5")]: all,
    [of("+Inf")]: all,
    'http_request_duration_seconds_count{service="backend",revision="r1"}': all,
  };
}
