import type { Environment } from "../../../spec/environment.ts";
import { withEachSelector } from "../../promql/each-selector.ts";
import { parsePromql } from "../../promql/parse.ts";
import { printPromql } from "../../promql/print.ts";
import { type Expr, partsOf } from "../../promql/syntax/expr.ts";
import type { AlertRule, Exactness } from "../../rules/ruleset.ts";
import type { Matcher } from "../../series.ts";
import type { Refused } from "../expression.ts";
import { expressionOf } from "../expression-of.ts";
import { aboutOf } from "../matchers.ts";

// What an alarm in PromQL takes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_AlarmPromQLCriteria.html and
// EvaluationInterval of PutMetricAlarm.

/** An alarm of CloudWatch in PromQL: every series that the query gives is one that rings. */
export type CloudWatchPromqlAlarm = {
  readonly is: "promql alarm";
  readonly query: string;
  readonly everySeconds: number;
  readonly pendingSeconds: number;
  readonly recoverySeconds: number;
  readonly says: string;
  readonly exactness: Exactness;
};

const longestQuery = 10_000;
const everySeconds = { least: 10, most: 3_600 };
const longestWaitSeconds = 86_400;

/** A rule as an alarm in PromQL, over what is sent to CloudWatch by OpenTelemetry. */
export function promqlAlarmOf(rule: AlertRule, environment: Environment): CloudWatchPromqlAlarm | Refused {
  const asked = askedOf(rule, environment);
  const { says } = asked;
  const refuse = (reason: string): Refused => ({ is: "refused", reason, says });
  if (asked.is === "refused") return asked;
  const pending = Math.ceil(rule.forMs / 1_000);
  const recovery = Math.ceil(rule.keepFiringMs / 1_000);
  if (Math.max(pending, recovery) > longestWaitSeconds) return refuse("CloudWatch waits a day at most");
  const parsed = parsePromql(asked.expr);
  if (!parsed.ok) return refuse(parsed.problems.map(({ message }) => message).join("; "));
  if (!named(parsed.expr)) return refuse("CloudWatch wants the name of every metric, and not labels alone");
  const query = printPromql(ofEnvironment(parsed.expr, environment.environment));
  if (query.length > longestQuery) return refuse(`a query of CloudWatch has ${longestQuery} characters at most`);
  const every = Math.round(rule.everyMs / 1_000);
  return {
    is: "promql alarm",
    query,
    // What is looked at once a day may be looked at each hour: it says the same.
    everySeconds: Math.min(everySeconds.most, Math.max(everySeconds.least, every)),
    pendingSeconds: pending,
    recoverySeconds: recovery,
    says,
    exactness: asked.exactness,
  };
}

type Said = { readonly is: "said"; readonly expr: string; readonly says: string; readonly exactness: Exactness };

function askedOf({ when, expr, summary }: AlertRule, environment: Environment): Said | Refused {
  // Of what nobody wrote there is only the rule itself, which bears the names that exporters and scripts use.
  if (when === undefined) return { is: "said", expr, says: summary, exactness: { is: "exact" } };
  const about = aboutOf(when.signal.of, environment);
  if (when.signal.measure === "disk" && about.kind === "resource" && about.resource.kind === "postgres")
    return { is: "refused", reason: "the machine of a database that the cloud runs has no exporter", says: when.signal.measure };
  const asked = expressionOf(when, environment, { dialect: "cloudwatch" });
  return asked.is === "refused" ? asked : { is: "said", expr: asked.expr, says: asked.says, exactness: asked.exactness };
}

function named(expr: Expr): boolean {
  if (expr.kind === "selector" && expr.name === undefined)
    return expr.matchers.some(({ name, op, value }) => name === "__name__" && op === "=" && value !== "");
  return partsOf(expr).every(named);
}

/** Environments may share an account: the collector says of everything whose it is. */
function ofEnvironment(expr: Expr, environment: string): Expr {
  const own: Matcher = { name: "@resource.deployment.environment.name", op: "=", value: environment };
  return withEachSelector(expr, (one) => ({ ...one, matchers: [...one.matchers, own] }));
}
