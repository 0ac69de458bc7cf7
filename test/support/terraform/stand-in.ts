import { once } from "node:events";
import { createServer, type ServerHttp2Stream } from "node:http2";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Body, type Json, isObject, list, parsedTree } from "./parsed.ts";
import { type Attribute, type Attributes, type Kind, type Type, schemas } from "./schemas.ts";
import { anyText, entriesOf, fieldsOf, mapOf, message, nil, unknown } from "./wire.ts";

// A provider that makes nothing: it knows the real one's schema and says "known after apply" to everything else, so that the real
// Terraform validates and plans where the real provider is not to be had. Terraform finds it by TF_REATTACH_PROVIDERS.

export type StandIns = { readonly env: Readonly<Record<string, string>>; readonly stop: () => Promise<void> };

/** Stands in for these providers, for the types that the files use. */
export async function standIns(names: readonly string[], files: ReadonlyMap<string, string>): Promise<StandIns> {
  const usage = await usageOf(files);
  const folder = mkdtempSync(path.join(tmpdir(), "gantry-provider-"));
  const reattach: Record<string, unknown> = {};
  const servers = names.map((name, index) => {
    const server = createServer();
    const provider = providerOf(name, usage);
    server.on("stream", (stream, headers) => void answered(stream, String(headers[":path"]), provider));
    const socket = path.join(folder, `${index}.sock`);
    server.listen(socket);
    reattach[`registry.terraform.io/hashicorp/${name}`] = {
      Protocol: "grpc",
      ProtocolVersion: 6,
      Pid: process.pid,
      Test: true,
      Addr: { Network: "unix", String: socket },
    };
    return server;
  });
  await Promise.all(servers.map((server) => once(server, "listening")));
  return {
    env: { TF_REATTACH_PROVIDERS: JSON.stringify(reattach) },
    stop: async () => {
      await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** What the files put into each type, for the blocks that the schema only names. */
type Usage = ReadonlyMap<string, readonly Body[]>;

async function usageOf(files: ReadonlyMap<string, string>): Promise<Usage> {
  const { folders } = await parsedTree(files);
  const found = new Map<string, Body[]>();
  for (const { type, labels, body } of [...folders.values()].flatMap(({ blocks }) => blocks)) {
    const name = `${type}.${labels[0]}`;
    found.set(name, [...(found.get(name) ?? []), body]);
  }
  return found;
}

type Provider = { readonly schema: Buffer; readonly types: Readonly<Record<Kind, ReadonlyMap<string, Type>>> };

function providerOf(name: string, usage: Usage): Provider {
  const all = schemas();
  const own = (kind: Kind) => [...all[kind]].filter(([type]) => type.startsWith(`${name}_`));
  const entries = (field: number, kind: Kind) =>
    own(kind).map(([type, one]) => [field, message([1, type], [2, schemaOf(one, usage.get(`${kind}.${type}`) ?? [])])] as const);
  const provider = all.provider.get(name) ?? { attrs: {}, computed: [] };
  return {
    types: all,
    schema: message(
      [1, schemaOf(provider, usage.get(`provider.${name}`) ?? [])],
      ...entries(2, "resource"),
      ...entries(3, "data"),
      ...entries(8, "ephemeral"),
    ),
  };
}

function schemaOf({ attrs, computed }: Type, bodies: readonly Body[]): Buffer {
  const more = computed.map((name) => [2, attributeOf(name, '"dynamic"', { computed: true })] as const);
  return message([2, Buffer.concat([blockOf(attrs, bodies, computed), message(...more)])]);
}

function blockOf(attrs: Attributes, bodies: readonly Body[], computed: readonly string[]): Buffer {
  return message(
    ...Object.entries(attrs).map(([name, one]): [number, Buffer] => {
      const inside = bodies.flatMap((body) => insideOf(body, name));
      if (one.attrs !== undefined) return [3, nestedOf(name, one, blockOf(one.attrs, inside, []))];
      if (/^(list|set)<[A-Z]/.test(one.t)) return [3, nestedOf(name, one, inferred(inside, computed))];
      const id = name === "id" && one.req !== 1;
      return [2, attributeOf(name, typeOf(one.t), { required: one.req === 1, computed: id, writeOnly: name.endsWith("_wo") })];
    }),
  );
}

/** The bodies of a block, written plainly or as a dynamic one. */
function insideOf(body: Body, name: string): readonly Body[] {
  const dynamic = isObject(body["dynamic"]) ? list(body["dynamic"][name]).filter(isObject) : [];
  return [...list(body[name]), ...dynamic.flatMap((one) => list(one["content"]))].filter(isObject);
}

/** A block of which only the name is known has what the files put there. */
function inferred(bodies: readonly Body[], computed: readonly string[]): Buffer {
  const names = new Set(bodies.flatMap((body) => Object.keys(body)).filter((name) => name !== "dynamic"));
  const isBlock = (value: Json | undefined) => Array.isArray(value) && value.length > 0 && value.every(isObject);
  return message(
    ...[...names].map((name): [number, Buffer] => {
      const block = bodies.some((body) => isBlock(body[name]));
      const inside = bodies.flatMap((body) => insideOf(body, name));
      return block
        ? [3, nestedOf(name, { t: "list<Inferred>" }, inferred(inside, computed))]
        : [2, attributeOf(name, '"dynamic"', {})];
    }),
    ...computed
      .filter((name) => !names.has(name))
      .map((name): [number, Buffer] => [2, attributeOf(name, '"dynamic"', { computed: true })]),
  );
}

type How = { readonly required?: boolean; readonly computed?: boolean; readonly writeOnly?: boolean };

function attributeOf(name: string, type: string, { required = false, computed = false, writeOnly = false }: How): Buffer {
  return message(
    [1, name],
    [2, type],
    [4, required],
    [5, !required && !(computed && name !== "id")],
    [6, computed],
    [11, writeOnly],
  );
}

function nestedOf(name: string, { t, single, req }: Attribute, block: Buffer): Buffer {
  const nesting = t.startsWith("struct<") ? 1 : t.startsWith("set<") ? 3 : 2;
  const limits =
    nesting === 1
      ? []
      : ([
          [4, req ?? 0],
          [5, single ?? 0],
        ] as const);
  return message([1, name], [2, block], [3, nesting], ...limits);
}

function typeOf(t: string): string {
  const [, collection, of] = /^(list|set|map)<(string|number|boolean)>$/.exec(t) ?? [];
  const simple = (one: string) => ({ string: '"string"', number: '"number"', boolean: '"bool"' })[one] ?? '"dynamic"';
  return collection === undefined || of === undefined ? simple(t) : `["${collection}",${simple(of)}]`;
}

async function answered(stream: ServerHttp2Stream, call: string, provider: Provider): Promise<void> {
  stream.on("error", () => undefined);
  if (!call.startsWith(service)) return refused(stream);
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  const answer = answerTo(call.slice(service.length), Buffer.concat(chunks).subarray(5), provider);
  if (answer === undefined) return refused(stream);
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  const head = Buffer.alloc(5);
  head.writeUInt32BE(answer.length, 1);
  stream.end(Buffer.concat([head, answer]));
}

const service = "/tfplugin6.Provider/";

/** Not implemented: Terraform does without. */
function refused(stream: ServerHttp2Stream): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc", "grpc-status": "12" }, { endStream: true });
}

function answerTo(call: string, request: Buffer, { schema, types }: Provider): Buffer | undefined {
  const fields = fieldsOf(request);
  const type = (kind: Kind) => types[kind].get(String(fields.get(1)));
  const value = (field: number) => fieldsOf(fields.get(field) ?? Buffer.alloc(0)).get(1) ?? nil;
  switch (call) {
    case "GetProviderSchema":
      return schema;
    case "PlanResourceChange":
      return message([1, message([1, planned(value(3), type("resource"))])]);
    case "ReadDataSource":
      return message([1, message([1, read(value(2), type("data"), "stand-in")])]);
    case "OpenEphemeralResource":
      return message([3, message([1, read(value(2), type("ephemeral"), ephemeralText)])]);
    case "ValidateProviderConfig":
    case "ValidateResourceConfig":
    case "ValidateDataResourceConfig":
    case "ValidateEphemeralResourceConfig":
    case "ConfigureProvider":
    case "CloseEphemeralResource":
    case "StopProvider":
      return Buffer.alloc(0);
    default:
      return undefined;
  }
}

/** What is written only is not kept, and what the cloud decides is not known yet. */
function planned(proposed: Buffer, type: Type | undefined): Buffer {
  if (proposed.equals(nil)) return nil;
  const entries = entriesOf(proposed);
  for (const [name, value] of entries) {
    if (name.endsWith("_wo")) entries.set(name, nil);
    else if (value.equals(nil) && (name === "id" || type?.computed.includes(name))) entries.set(name, unknown);
  }
  return mapOf(entries);
}

/** What must never be found in a plan or a state. */
export const ephemeralText = "only-for-a-moment";

function read(config: Buffer, type: Type | undefined, text: string): Buffer {
  const entries = entriesOf(config);
  for (const [name, value] of entries) {
    if (!value.equals(nil)) continue;
    if (type?.computed.includes(name)) entries.set(name, anyText(text));
    else if (name === "id") entries.set(name, Buffer.from([0xa1, 0x78]));
  }
  return mapOf(entries);
}
