import type { Environment } from "../../../spec/environment.ts";
import { type Subject, productOf } from "../../subject.ts";

/** The versions of the aws provider that the modules know. */
const usualProvider = "~> 5.100";
/** The first that knows alarms in PromQL; the modules mean the same to it (test/synth/cloudwatch-promql.test.ts). */
const newerProvider = "~> 6.43";

/** CloudWatch's alarms in PromQL are asked for by the spec: they need a newer provider than everything else does. */
export function asksForPromql({ tools }: Pick<Environment, "tools">): boolean {
  return tools?.cloudwatch === "promql";
}

export function awsProvider(environment: Pick<Environment, "tools">): string {
  return asksForPromql(environment) ? newerProvider : usualProvider;
}

/** The library's modules pin what most products use: those of a product that asks for more are copied with another pin. */
export function withProvider(subject: Subject, text: string): string {
  const provider = awsProvider(productOf(subject));
  return provider === usualProvider ? text : text.replaceAll(usualProvider, provider);
}
