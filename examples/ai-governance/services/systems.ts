import { createHash } from "node:crypto";
import type { Bucket } from "../../shared/bucket.ts";
import type { Queries } from "../../shared/database.ts";
import { HttpError } from "../../shared/http-error.ts";
import { type Read, flag, object, oneOf, optional, read, text, uuid } from "../../shared/input.ts";

export const newSystem = object({
  name: text({ max: 200 }),
  owner: optional(text({ max: 200 })),
  riskClass: optional(oneOf("minimal", "limited", "high", "prohibited")),
  stoppable: optional(flag()),
  trainingData: optional(text({ max: 2_000 })),
  impactAssessed: optional(flag()),
});

export async function addSystem(queries: Queries, { name, ...facts }: Read<typeof newSystem>): Promise<object> {
  const made = await queries.row<object>("insert into systems (name, facts) values ($1, $2) returning id, name, facts", [
    name,
    JSON.stringify(facts),
  ]);
  return made ?? {};
}

/** Each system with how it stands against each framework, by the last time that was looked at. */
export function listSystems(queries: Queries): Promise<object[]> {
  return queries.rows(
    `select s.id, s.name, s.facts, coalesce(jsonb_agg(l) filter (where l.framework is not null), '[]') as results
     from systems s
     left join lateral (
       select distinct on (framework_id) framework_id as framework, passed, failed, at
       from executions where system_id = s.id order by framework_id, id desc
     ) l on true
     group by s.id order by s.created_at desc limit 100`,
  );
}

export async function systemOf(queries: Queries, id: string): Promise<{ id: string }> {
  read(uuid(), id, "id");
  const system = await queries.row<{ id: string }>("select id, name, facts from systems where id = $1", [id]);
  if (!system) throw new HttpError(404, "no-system", "there is no such system");
  const findings = await queries.rows(
    `select c.framework_id as framework, c.title, f.passed
     from checks c
     join lateral (
       select e.id from executions e where e.system_id = $1 and e.framework_id = c.framework_id order by e.id desc limit 1
     ) last on true
     join findings f on f.execution_id = last.id and f.check_id = c.id
     order by c.id`,
    [id],
  );
  return { ...system, findings } as { id: string };
}

export async function addEvidence(
  queries: Queries,
  store: Bucket,
  { system, name, content }: { readonly system: string; readonly name: string; readonly content: Buffer },
): Promise<object> {
  const sha256 = createHash("sha256").update(content).digest("hex");
  const made = await queries.row<{ id: string }>(
    `insert into evidence (system_id, name, size_bytes, sha256) values ($1, $2, $3, $4) returning id, name, size_bytes as "sizeBytes", sha256`,
    [system, name, content.length, sha256],
  );
  await store.put(`${system}/${made?.id}`, content);
  return made ?? {};
}
