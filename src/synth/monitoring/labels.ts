import type { AlertRule } from "../../signals/rules/ruleset.ts";
import { type Channel, wayOf } from "./channels.ts";
import { literalText } from "./words.ts";

/** Where a runbook is read, by its name in the spec. */
export type Links = (runbook: string) => string | undefined;

type Texts = Readonly<Record<string, string>>;

/** What an alert carries to whoever routes it. */
export function labelsOf(rule: AlertRule, channels: readonly Channel[]): Texts {
  const way = wayOf(channels, rule);
  return {
    ...rule.labels,
    severity: rule.severity,
    ...(way === "" ? {} : { notify: way }),
    ...(rule.of === undefined ? {} : { of: rule.of }),
    ...(rule.owner === undefined ? {} : { owner: literalText(rule.owner) }),
  };
}

/** What an alert says to whoever reads it. */
export function annotationsOf(rule: AlertRule, links: Links): Texts {
  const link = rule.runbook === undefined ? undefined : links(rule.runbook);
  return {
    title: literalText(rule.name),
    summary: rule.summary,
    ...(rule.description === undefined ? {} : { description: literalText(rule.description) }),
    ...(link === undefined ? {} : { runbook_url: link }),
  };
}
