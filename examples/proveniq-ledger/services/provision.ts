import { connectDatabase } from "../../shared/database.ts";
import { provisionPartner } from "./partners.ts";

// `node provision.mjs "Acme Insurance"` makes a partner and prints who it is and its key, once.
const [name = "unnamed"] = process.argv.slice(2);
const db = connectDatabase({ max: 1 });
try {
  const made = await db.transaction((queries) => provisionPartner(queries, { name, demo: false }));
  process.stdout.write(`${JSON.stringify(made)}\n`);
} finally {
  await db.close();
}
