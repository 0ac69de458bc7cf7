import { count, printable } from "../../lib/text.ts";
import type { Colours } from "../terminal.ts";
import type { TriedAlert } from "./tried-alerts.ts";

/** A line for each alert that does as it should; of the others what they did instead. */
export function testText(tried: readonly TriedAlert[], colours: Colours): string {
  const { bold, dim, red, green } = colours;
  const environments = [...new Set(tried.map((one) => one.environment))];
  const many = (is: TriedAlert["is"]) => tried.filter((one) => one.is === is).length;
  const [passed, failed, rest] = [many("passed"), many("failed"), many("not generated")];
  const width = Math.max(0, ...tried.map((one) => printable(one.name).length));
  const mark = failed > 0 ? red("✗") : green("✓");
  const sum = [`${passed} of ${count(tried.length, "alert")} as they should`];
  if (failed > 0) sum.push(`${failed} not`);
  if (rest > 0) sum.push(`${rest} not generated`);
  return [
    ...environments.flatMap((environment) => [
      bold(environment),
      ...tried.filter((one) => one.environment === environment).flatMap((one) => alertLines(one, width, colours)),
      "",
    ]),
    `${mark} ${sum.join(dim(", "))}`,
    "",
  ].join("\n");
}

function alertLines(tried: TriedAlert, width: number, { dim, red, green, yellow }: Colours): readonly string[] {
  const name = printable(tried.name).padEnd(width);
  if (tried.is === "not generated") return [`  ${yellow("–")} ${name}  ${dim(`not generated: ${printable(tried.reason)}`)}`];
  if ("reason" in tried) return [`  ${red("✗")} ${name}  ${printable(tried.reason)}`];
  if (tried.is === "passed") return [`  ${green("✓")} ${name}  ${dim(tried.cases.map((one) => printable(one.says)).join("; "))}`];
  return [
    `  ${red("✗")} ${printable(tried.name)}`,
    ...tried.cases.flatMap(({ says, differences }) =>
      differences.map(
        ({ at, expected, found }) => `      ${printable(says)}: after ${at} it is ${red(found)} and not ${expected}`,
      ),
    ),
  ];
}
