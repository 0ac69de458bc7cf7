import type { Context } from "hono";
import type { Asker } from "./api/asker.ts";
import type { Sessions } from "./sessions.ts";
import type { Tokens } from "./tokens.ts";

/** Who asks over the network: by a token if one is sent, and by nothing else then; else by the session. */
export function createKnown(
  sessions: Pick<Sessions, "asker">,
  tokens: Pick<Tokens, "asker">,
  pipelines: (token: string) => Promise<Asker | undefined>,
) {
  return async (context: Context): Promise<Asker | undefined> => {
    const said = context.req.header("authorization");
    if (said === undefined) return sessions.asker(context);
    const [, token] = /^Bearer ([\w.~+/=-]{1,8192})$/i.exec(said) ?? [];
    if (token === undefined) return undefined;
    return token.startsWith("gty_") ? tokens.asker(token) : pipelines(token);
  };
}
