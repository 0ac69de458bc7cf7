export const clouds = ["gcp", "aws", "azure", "local"] as const;
export const databases = ["postgres", "none"] as const;

export type Scaffold = {
  readonly name: string;
  readonly cloud: (typeof clouds)[number];
  readonly database: (typeof databases)[number];
  readonly repository: string | undefined;
};

/** What runs on this machine in place of the service, until there is more: without a package, so that it runs at once. */
export function scaffoldFiles({ database }: Scaffold): ReadonlyMap<string, string> {
  const files = new Map([["services/api.ts", standIn]]);
  if (database === "postgres") files.set("migrations/0001_first.sql", firstMigration);
  return files;
}

const standIn = `import { createServer } from "node:http";

// Stands in for the service on this machine: \`gantry up\` builds it and starts it, \`gantry up --watch\` again at every change.
const server = createServer((request, response) => {
  response.setHeader("content-type", "application/json");
  if (request.url === "/health") return response.end(JSON.stringify({ status: "ok" }));
  const { GANTRY_ENVIRONMENT: environment, GANTRY_REVISION: revision } = process.env;
  response.end(JSON.stringify({ hello: "from your service", environment, revision, database: "DATABASE_URL" in process.env }));
});

server.listen(Number(process.env.PORT), "127.0.0.1");
// What is in hand is answered, then it goes.
process.on("SIGTERM", () => server.close());
`;

const firstMigration = `-- Applied by \`gantry up\` as the database's owner; services may read and write rows, and change no tables.
create table note (
  id bigint generated always as identity primary key,
  text text not null
);
`;

/** A spec to start from: small, sound, and with the next things to say already in their places. */
export function scaffoldSpec({ name, cloud, database, repository }: Scaffold): string {
  const db = database === "postgres";
  const inCloud = cloud !== "local";
  const names = [
    "alert",
    ...(inCloud ? ["budget", "canary", cloud] : []),
    "channel",
    "errorRate",
    ...(repository ? ["github"] : []),
    "local",
    "here",
    ...(inCloud ? ["healthy", "onMerge", "onTag"] : []),
    ...(db ? ["postgres", "seed"] : []),
    "product",
    "service",
    ...(inCloud ? ["set"] : []),
  ].toSorted();
  return `import { ${names.join(", ")} } from "gantry";

${db ? `const db = postgres("db", { version: 16, migrations: { folder: "./migrations", here: "migrations" }, backup: { pitr: "7d", dump: "daily" } });\n\n` : ""}const api = service("api", {
  build: "./api",
  health: "/health",${db ? "\n  uses: [db],\n  env: { DATABASE_URL: db.url }," : ""}
  scale: { min: 1, max: 3 },
  here: here("services/api.ts"),
});

const ops = channel.slack("#ops");

export default product(${JSON.stringify(name)}, {
  services: [api],${repository ? `\n  repository: github(${JSON.stringify(repository)}),` : ""}
  watch: {
    alerts: [alert("API errors", { when: errorRate(api).over("5m").above("2%").withAtLeast(20), severity: "critical", to: ops })],
  },
  environments: {
    local: local({ ${db ? 'data: seed("start"), ' : ""}logLevel: "debug" }),
${inCloud ? environments(name, cloud, db) : ""}  },
});
`;
}

function environments(name: string, cloud: "gcp" | "aws" | "azure", db: boolean): string {
  const region = { gcp: "us-central1", aws: "us-east-1", azure: "eastus" }[cloud];
  const size = { gcp: "db-custom-2-7680", aws: "db.r6g.large", azure: "GP_Standard_D2ds_v5" }[cloud];
  // A project of Google Cloud has at most 30 characters in its name.
  const account = (of: string) => `${cloud === "gcp" ? name.slice(0, 29 - of.length).replace(/-+$/, "") : name}-${of}`;
  const requires = db ? `requires: [db.migrated], ` : "";
  return `    staging: ${cloud}("${account("staging")}", {
      region: "${region}",
      domain: "staging.example.com",
      deploy: onMerge("main"),
      release: canary([{ to: "10%", bake: "10m" }], { ${requires}after: [healthy(api)] }),
      budget: budget({ monthly: 200, alertAt: ["50%", "90%"], to: ops }),
    }),
    prod: ${cloud}("${account("prod")}", {
      production: true,
      region: "${region}",
      domain: "example.com",
      deploy: onTag("v*"),
      release: canary([{ to: "5%", bake: "15m" }, { to: "50%", bake: "15m" }], { ${requires}after: [healthy(api)] }),
      overrides: [set(api, { scale: { min: 2, max: 10 } })${db ? `, set(db, { size: "${size}", highAvailability: true })` : ""}],
      budget: budget({ monthly: 1_000, alertAt: ["50%", "75%", "90%"], to: ops }),
    }),
`;
}
