import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Answer, type Project, ask } from "./platform.ts";

/** The shop, of whose spec the role `lead` may do something, and has a pipeline in it. */
export function withMembers({ folder }: Project): void {
  const file = path.join(folder, "gantry.config.ts");
  const text = readFileSync(file, "utf8");
  const members = `members: ["lead@shop.example", "forge:repo:acme/shop:*"], may: ["develop"]`;
  const changed = text.replace('members: ["lead@shop.example"]', members);
  if (changed === text) throw new Error("the fixture has no such role");
  writeFileSync(file, changed);
}

export type Over = {
  readonly port: number;
  ask(method: string, target: string, more?: Asking): Promise<Answer & { readonly json: Record<string, unknown> }>;
  /** A token for whoever has these rights. */
  token(name: string, grants: readonly string[], as?: string): Promise<string>;
};

type Asking = {
  readonly token?: string;
  readonly body?: unknown;
  readonly host?: string;
  readonly headers?: Record<string, string>;
};

/** The API of a project over the network. */
export async function overNetwork(project: Project): Promise<Over> {
  const { url } = await project.json<{ url: string }>("open", "--console");
  const port = Number(new URL(url).port);
  return {
    port,
    async ask(method, target, { token, body, host = `127.0.0.1:${port}`, headers = {} } = {}) {
      const answer = await ask(port, host, target, {
        method,
        headers: {
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const isJson = /json/.test(String(answer.headers["content-type"]));
      return { ...answer, json: isJson && answer.text !== "" ? (JSON.parse(answer.text) as Record<string, unknown>) : {} };
    },
    async token(name, grants, as) {
      const may = grants.flatMap((grant) => ["--may", grant]);
      const made = await project.json<{ token: string }>(
        "token",
        "create",
        name,
        ...may,
        ...(as === undefined ? [] : ["--as", as]),
      );
      return made.token;
    },
  };
}
