import { type Entry, type Value, attribute, attributes, block, expression, gap } from "../../text/hcl.ts";
import { type Part, labelOf, sourceOf } from "./modules.ts";
import type { Plan } from "./plan.ts";

/** A call of a module: what it is called with, in groups. */
export function call(
  plan: Plan,
  part: Part,
  groups: readonly Readonly<Record<string, Value | undefined>>[],
  how: How = {},
): Entry {
  const { label = labelOf(plan, part), comment, regional = false, providers } = how;
  return block(
    "module",
    [label],
    [
      ...attribute("source", sourceOf(plan, part)),
      ...(regional ? attribute("for_each", expression("var.regions")) : []),
      ...attribute("providers", providers),
      ...groups.flatMap((group) => {
        const given = attributes(group);
        return given.length === 0 ? [] : [gap, ...given];
      }),
    ],
    comment,
  );
}

type How = {
  readonly label?: string;
  readonly comment?: string;
  /** Made in every region. */
  readonly regional?: boolean;
  readonly providers?: Value;
};

/** The module of the live region. */
export function liveOf(plan: Plan, part: Part): string {
  return `module.${labelOf(plan, part)}[var.region]`;
}

/** A module that there is one of. */
export function callOf(plan: Plan, part: Part): string {
  return `module.${labelOf(plan, part)}`;
}

/** The module of the region that a call is made for. */
export function eachOf(plan: Plan, part: Part): string {
  return `module.${labelOf(plan, part)}[each.key]`;
}

export const tags = { tags: expression("local.tags") };
/** Where a thing stands that every region has. */
export const regionalPlace = {
  name: expression("each.value.name"),
  resource_group_name: expression("azurerm_resource_group.this[each.key].name"),
  location: expression("each.key"),
  ...tags,
};

/** Where a thing stands that there is one of. */
export function livePlace(name: Value): Readonly<Record<string, Value>> {
  return {
    name,
    resource_group_name: expression("azurerm_resource_group.this[var.region].name"),
    location: expression("var.region"),
    ...tags,
  };
}

/** Every network has an endpoint, so that a service finds it from whichever region is live. */
export function endpoints(plan: Plan): Value {
  return expression(`{ for region, network in module.${labelOf(plan, "network")} : region => network.endpoints }`);
}

export function registryId(plan: Plan): string {
  return plan.registry.owned ? `${callOf(plan, "registry")}.id` : "var.registry_id";
}

/** An expression over several lines, indented for an argument of a module. */
export function lines(...given: readonly string[]): Value {
  return expression(given.join("\n  "));
}
