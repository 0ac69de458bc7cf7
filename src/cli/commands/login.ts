import { UserError } from "../../lib/errors.ts";
import { printable } from "../../lib/text.ts";
import { remoteApi } from "../api.ts";
import { type Command, exit } from "../command.ts";
import { keepToken, serverUrl } from "../credentials.ts";

export const login: Command = {
  name: "login",
  summary:
    "Keeps the token by which a server elsewhere knows you: from standard input or a question, never from the command line.",
  takes: "<url>",
  options: {},
  examples: ["gantry login https://gantry.example.com < token"],
  async run(given) {
    const { args, options, out, outColours } = given;
    const url = serverUrl(args[0] ?? "");
    const token = (await readToken()).trim();
    if (!/^gty_[A-Za-z0-9_-]{43}$/.test(token))
      throw new UserError("usage", "this is no token", { hint: "one begins with gty_, as gantry token create prints it" });
    // One that does not let anybody in is not kept.
    const who = await remoteApi(url, token)("GET /v1/whoami");
    keepToken(url, token);
    if (options["json"] === true) out(`${JSON.stringify({ ok: true, server: url, name: who.name }, undefined, 2)}\n`);
    else out(`${outColours.green("✓")} ${url} knows you as ${outColours.bold(printable(who.name))}\n`);
    return exit.done;
  },
};

async function readToken(): Promise<string> {
  if (process.stdin.isTTY) {
    const { isCancel, password } = await import("@clack/prompts");
    const said = await password({ message: "The token" });
    if (isCancel(said)) throw new UserError("interrupted", "nothing was kept");
    return said;
  }
  let text = "";
  for await (const chunk of process.stdin) {
    text += String(chunk);
    if (text.length > 1_000) break;
  }
  return text;
}
