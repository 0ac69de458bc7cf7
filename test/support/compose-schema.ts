// The part of the compose specification (compose-spec.io) that the files written here use, with nothing beside it. The schema on npm is
// older than `name` and `env_file` with paths.

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: "string" };
const duration: Schema = { type: "string", pattern: "^([0-9]+(us|ms|s|m|h))+$" };
const name = "^[a-zA-Z0-9._-]+$";
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: "object",
  properties,
  required,
  additionalProperties: false,
});
const named = (of: Schema): Schema => ({ type: "object", patternProperties: { [name]: of }, additionalProperties: false });
const command: Schema = { oneOf: [text, { type: "array", items: text }] };

const service: Schema = {
  ...object({
    image: text,
    build: { oneOf: [text, object({ context: text, dockerfile: text, target: text }, ["context"])] },
    command,
    depends_on: named(
      object({ condition: { enum: ["service_started", "service_healthy", "service_completed_successfully"] } }, ["condition"]),
    ),
    env_file: text,
    environment: {
      type: "object",
      patternProperties: { ".+": { type: ["string", "number", "boolean", "null"] } },
      additionalProperties: false,
    },
    ports: {
      type: "array",
      items: { type: "string", pattern: "^([0-9.]+:)?[0-9]{1,5}:[0-9]{1,5}(/(tcp|udp))?$" },
      uniqueItems: true,
    },
    volumes: { type: "array", items: { type: "string", pattern: "^[^:]+:/[^:]*(:(ro|rw))?$" }, uniqueItems: true },
    healthcheck: object(
      { test: command, interval: duration, timeout: duration, retries: { type: "integer" }, start_period: duration },
      ["test"],
    ),
  }),
  anyOf: [{ required: ["image"] }, { required: ["build"] }],
};

export const composeSchema: Schema = object(
  {
    name: { type: "string", pattern: "^[a-z0-9][a-z0-9_-]*$" },
    services: named(service),
    volumes: named({ oneOf: [{ type: "null" }, object({})] }),
  },
  ["services"],
);
