import { rulesOf } from "../../signals/rules/rules-of.ts";
import { expressionOf } from "../../signals/measures/expression-of.ts";
import { layoutOf } from "../layout.ts";
import type { Subject } from "../subject.ts";
import { channelsTold } from "./channels.ts";
import { linksOf } from "./links.ts";
import { type Watch, groundOf } from "./watch.ts";

/** The watching of each environment that the product runs itself, in the order of their names. */
export function watchesOf(subject: Subject): readonly Watch[] {
  const layout = layoutOf(subject);
  const links = linksOf(subject);
  return subject.environments
    .filter((one) => one.managed !== "elsewhere")
    .map((environment) => {
      const rules = rulesOf(environment);
      return {
        subject,
        environment,
        layout,
        links,
        rules,
        // Nobody is woken by a laptop.
        channels: groundOf(environment) === "compose" ? [] : channelsTold(environment, rules.alerts),
        ask: (signal) => expressionOf(signal, environment),
      };
    });
}
