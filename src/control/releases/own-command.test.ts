import { expect, test } from "vitest";
import { unjudged } from "./own-command.ts";

test.each([
  [{ apply: "npm run migrate" }, "npm run migrate migrates it: what that takes away is not judged here"],
  [
    { apply: "sqlx migrate run", reversibleOnly: true, destructive: "over two releases" as const },
    'sqlx migrate run migrates it: what that takes away is not judged here, and destructive: "over two releases" and reversibleOnly not held to',
  ],
])("%j", (migrations, text) => expect(unjudged(migrations)).toBe(text));
