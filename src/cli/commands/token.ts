import { type Grant, type Role, roles } from "../../api/rights.ts";
import { UserError } from "../../lib/errors.ts";
import { didYouMean } from "../../lib/nearest.ts";
import { parseDurationMs } from "../../lib/quantities.ts";
import { printable } from "../../lib/text.ts";
import { apiOf } from "../api.ts";
import { type Command, type Given, exit } from "../command.ts";

const verbs = ["create", "list", "rotate", "revoke"] as const;
const dayMs = 86_400_000;

export const token: Command = {
  name: "token",
  summary: "Gives out tokens by which programs and people elsewhere are known, lists, rotates and revokes them.",
  takes: "<create|list|rotate|revoke> [name]",
  completes: [verbs],
  options: {
    may: {
      type: "string",
      multiple: true,
      placeholder: "role:product/env",
      help: `of create: viewer, developer, operator, approver or admin, as operator:shop/prod; * is all`,
    },
    as: { type: "string", placeholder: "who", help: "of create: who has it, as the roles of the spec name them; else its name" },
    for: { type: "string", placeholder: "90d", help: "how long it is good" },
    grace: { type: "string", placeholder: "1d", help: "of rotate: how long the one before stays good" },
  },
  server: true,
  examples: [
    "gantry token create deploys --may developer:shop/staging --for 30d",
    'gantry token create dashboards --may "viewer:*/*"',
    "gantry token rotate tok-0123456789ab --grace 1h",
    "gantry token revoke tok-0123456789ab",
  ],
  async run(given) {
    const [verb = "", name] = given.args;
    switch (verb) {
      case "list":
        return list(given);
      case "create":
        return create(given, wantedName(name, "say what it is called"));
      case "rotate":
        return rotate(given, wantedName(name, "say which token"));
      case "revoke":
        return revoke(given, wantedName(name, "say which token"));
      default:
        throw new UserError("usage", `gantry token has no verb ${JSON.stringify(printable(verb))}`, {
          hint: didYouMean(verb, verbs) ?? verbs.join(" | "),
        });
    }
  },
};

async function create(given: Given, name: string): Promise<number> {
  const { options } = given;
  const may = Array.isArray(options["may"]) ? (options["may"] as readonly string[]) : [];
  if (may.length === 0) throw new UserError("usage", "a token that may nothing is of no use", { hint: "--may viewer:shop/prod" });
  const as = options["as"];
  const api = await apiOf(given);
  const made = await api("POST /v1/tokens", {
    body: {
      name,
      grants: may.map(grantOf),
      lastsMs: spanOf(options["for"], 90 * dayMs),
      ...(typeof as === "string" ? { subject: as, kind: "person" as const } : {}),
    },
  });
  return shown(given, made);
}

async function rotate(given: Given, id: string): Promise<number> {
  const api = await apiOf(given);
  const body = { graceMs: spanOf(given.options["grace"], dayMs), lastsMs: spanOf(given.options["for"], 90 * dayMs) };
  return shown(given, await api("POST /v1/tokens/{id}/rotate", { params: { id }, body }));
}

async function revoke(given: Given, id: string): Promise<number> {
  const api = await apiOf(given);
  await api("DELETE /v1/tokens/{id}", { params: { id } });
  if (given.options["json"] === true) given.out(`${JSON.stringify({ ok: true, id }, undefined, 2)}\n`);
  else given.out(`${given.outColours.green("✓")} ${printable(id)} lets nobody in any more\n`);
  return exit.done;
}

async function list(given: Given): Promise<number> {
  const { options, out, outColours } = given;
  const api = await apiOf(given);
  const { items } = await api("GET /v1/tokens");
  if (options["json"] === true) {
    out(`${JSON.stringify({ ok: true, tokens: items }, undefined, 2)}\n`);
    return exit.done;
  }
  for (const one of items) {
    const used = one.lastUsedAt === undefined ? "never used" : `used ${minute(one.lastUsedAt)}`;
    const until = one.revokedAt === undefined ? `until ${minute(one.expiresAt)}` : `revoked ${minute(one.revokedAt)}`;
    const may = one.grants.map(({ role, product, environment }) => `${role}:${product}/${environment}`).join(" ");
    out(`${one.id}  ${outColours.bold(printable(one.name))}  ${may}  ${outColours.dim(`${until}, ${used}`)}\n`);
  }
  if (items.length === 0) out("there are no tokens\n");
  return exit.done;
}

/** The token is what goes to standard output: what is to be read by eyes goes beside it. */
function shown(given: Given, made: { readonly id: string; readonly token: string; readonly expiresAt: string }): number {
  const { options, out, err, colours } = given;
  if (options["json"] === true) out(`${JSON.stringify({ ok: true, ...made }, undefined, 2)}\n`);
  else {
    err(`${colours.dim(`${made.id}, until ${minute(made.expiresAt)}; it is shown once`)}\n`);
    out(`${made.token}\n`);
  }
  return exit.done;
}

function grantOf(text: string): Grant {
  const [, role, product, environment] = /^([a-z]+):([a-z0-9-]+|\*)\/([a-z0-9.-]+|\*)$/.exec(text) ?? [];
  if (role === undefined || product === undefined || environment === undefined || !roles.includes(role as Role))
    throw new UserError("usage", `${JSON.stringify(printable(text))} says nothing that a token may`, {
      hint: `${roles.join(", ")}, as operator:shop/prod`,
    });
  return { role: role as Role, product, environment };
}

function spanOf(given: unknown, usualMs: number): number {
  if (typeof given !== "string") return usualMs;
  const ms = parseDurationMs(given);
  if (ms === undefined) throw new UserError("usage", `${JSON.stringify(printable(given))} is no span`, { hint: "as 30d, 12h" });
  return ms;
}

function wantedName(name: string | undefined, message: string): string {
  if (name === undefined) throw new UserError("usage", message, { hint: "gantry token list shows those there are" });
  return name;
}

function minute(at: string): string {
  return `${at.slice(0, 16).replace("T", " ")} UTC`;
}
