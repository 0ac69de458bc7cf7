import { expect, test } from "vitest";
import { type Judgement, judgementText } from "./own-command.ts";

const unknown: Judgement = { judged: false, why: "it is Python" };

test.each<[Parameters<typeof judgementText>[0], Judgement, string]>([
  [
    { folder: "m", apply: "npm run migrate" },
    unknown,
    "npm run migrate migrates it: what that takes away is not judged here (it is Python)",
  ],
  [
    { folder: "m", apply: "sqlx migrate run", reversibleOnly: true, destructive: "over two releases" },
    unknown,
    'sqlx migrate run migrates it: what that takes away is not judged here (it is Python), and destructive: "over two releases" and reversibleOnly not held to',
  ],
  [{ folder: "m", apply: "dbmate up" }, { judged: true, open: [], refused: [] }, "dbmate up has nothing to run"],
  [
    { folder: "m", apply: "dbmate up" },
    { judged: true, open: ["0002_b.sql"], refused: [] },
    "dbmate up has 1 migration to run, judged by its folder",
  ],
])("%j %j", (migrations, judgement, text) => expect(judgementText(migrations, judgement)).toBe(text));
