import { printable } from "../../lib/text.ts";
import { apiOf } from "../api.ts";
import { type Command, exit } from "../command.ts";

export const whoami: Command = {
  name: "whoami",
  summary: "Says as whom a server knows you, and what you may do where.",
  takes: "",
  options: {},
  server: true,
  examples: ["gantry whoami", "gantry whoami --server https://gantry.example.com"],
  async run(given) {
    const { options, out, outColours } = given;
    const api = await apiOf(given);
    const who = await api("GET /v1/whoami");
    if (options["json"] === true) {
      out(`${JSON.stringify({ ok: true, ...who }, undefined, 2)}\n`);
      return exit.done;
    }
    const until = who.expiresAt === undefined ? "" : `, until ${who.expiresAt.slice(0, 16).replace("T", " ")} UTC`;
    out(`${outColours.bold(printable(who.name))} ${outColours.dim(`(${who.kind}, by ${who.by}${until})`)}\n`);
    for (const { role, product, environment } of who.grants)
      out(
        `  ${role} of ${environment === "*" ? "every environment" : environment} of ${product === "*" ? "every product" : product}\n`,
      );
    if (who.grants.length === 0) out("  nothing: no role is given\n");
    return exit.done;
  },
};
