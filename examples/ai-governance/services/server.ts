import { download, json } from "../../shared/answer.ts";
import { connectDatabase } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { object, read, text } from "../../shared/input.ts";
import { runService } from "../../shared/service.ts";
import { evidenceStore } from "./parts.ts";
import { addEvidence, addSystem, listSystems, newSystem, systemOf } from "./systems.ts";

// Stands in for the Express backend: frameworks, the AI systems that are held against them, and the evidence on file.
const db = connectDatabase({ max: 8 });
const evidence = evidenceStore();
const fileName = object({ name: text({ max: 200, pattern: /^[^/\\]+$/, says: "must be a name without slashes" }) });

function store(): NonNullable<typeof evidence> {
  if (!evidence) throw new HttpError(503, "no-store", "there is no store for evidence here");
  return evidence;
}

runService({
  health: { live: "/health/live", ready: "/health/ready" },
  ready: db.ping,
  close: [db.close],
  routes: {
    "GET /api/frameworks": () =>
      db.rows(
        `select f.id, f.title, count(c.id)::int as checks from frameworks f join checks c on c.framework_id = f.id group by f.id order by f.id`,
      ),
    "GET /api/frameworks/:id/checks": async ({ params }) => ({
      checks: await db.rows("select id, title from checks where framework_id = $1 order by id", [params["id"]]),
    }),
    "GET /api/systems": async () => ({ systems: await listSystems(db) }),
    "POST /api/systems": async (request) => json(201, await addSystem(db, read(newSystem, await request.json()))),
    "GET /api/systems/:id": ({ params }) => systemOf(db, params["id"] ?? ""),
    "DELETE /api/systems/:id": async ({ params }) => {
      const { id } = await systemOf(db, params["id"] ?? "");
      await db.rows("delete from systems where id = $1", [id]);
      return { id };
    },
    "GET /api/systems/:id/evidence": async ({ params }) => {
      const { id } = await systemOf(db, params["id"] ?? "");
      const items = await db.rows(
        `select id, name, size_bytes as "sizeBytes", sha256 from evidence where system_id = $1 order by created_at`,
        [id],
      );
      return { items };
    },
    "POST /api/systems/:id/evidence": async (request) => {
      const { id } = await systemOf(db, request.params["id"] ?? "");
      const { name } = read(fileName, { name: request.query.get("name") ?? undefined }, "query");
      const content = await request.bytes({ maxBytes: 10 * 2 ** 20 });
      // Noted and stored together: what is on file can be fetched.
      return json(201, await db.transaction((queries) => addEvidence(queries, store(), { system: id, name, content })));
    },
    "GET /api/systems/:id/evidence/:item": async ({ params }) => {
      const { id, item } = params;
      const found = await db.row<{ name: string }>("select name from evidence where system_id::text = $1 and id::text = $2", [
        id,
        item,
      ]);
      const content = found && (await store().get(`${id}/${item}`));
      if (!content) throw new HttpError(404, "no-evidence", "there is no such evidence");
      return download(found.name, content);
    },
  },
});
