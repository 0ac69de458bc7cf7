import type { EnvironmentService } from "../../spec/environment.ts";
import { finalStages } from "./final-stages.ts";
import type { Image } from "./image.ts";
import { aptInstall, dockerfile, imageWord, ownLayer, served, user, words } from "./instructions.ts";

const npmCache = "--mount=type=cache,target=/root/.npm";

export function nodeDockerfile({ services }: Image): string {
  const { service } = services[0] ?? {};
  const base = imageWord(service?.build?.base ?? service?.stack?.image ?? `node:${service?.stack?.version ?? "20"}-slim`);
  const isNext = service?.stack?.framework === "nextjs";
  const usesPrisma = services.some((one) => one.service.stack?.tools?.includes("prisma"));
  const developed = services.find((one) => one.service.develop !== undefined)?.service;
  const runtime = [
    ...(usesPrisma ? ["# Prisma's engine links it.", ...aptInstall("openssl")] : []),
    "ENV NODE_ENV=production",
    "WORKDIR /app",
    ...(isNext ? standalone : ["COPY --from=build /app ./"]),
    ...user,
  ];
  return dockerfile([
    [
      `FROM ${base} AS dependencies`,
      ...(usesPrisma ? aptInstall("openssl") : []),
      "WORKDIR /app",
      ownLayer,
      "COPY package.json package-lock.json ./",
      `RUN ${npmCache} npm ci`,
    ],
    ...(developed === undefined ? [] : [development(developed)]),
    isNext ? nextBuild : nodeBuild(usesPrisma),
    ...finalStages(base, runtime, services, (one) => [
      ...(isNext ? ["ENV HOSTNAME=0.0.0.0"] : []),
      ...served(one.service, ask),
      `CMD ${command(one.name, one.service, services.length > 1)}`,
    ]),
  ]);
}

/** For a laptop: the source is mounted over /app, so that a change is seen at once. */
function development({ develop, port }: EnvironmentService): readonly string[] {
  const reload: Readonly<Record<string, readonly string[]>> = {
    vite: ["npx", "vite", "--host", "0.0.0.0", "--port", String(port ?? 3000)],
    nodemon: ["npx", "nodemon", "."],
  };
  return [
    "FROM dependencies AS development",
    `ENV NODE_ENV=development${port === undefined ? "" : ` PORT=${port}`}`,
    "# The source is mounted here, and what the tools write beside it belongs to whoever works on it.",
    "RUN chown -R 1000:1000 /app",
    "USER 1000:1000",
    `CMD ${words(...(reload[develop?.reload ?? ""] ?? ["npm", "run", "dev"]))}`,
  ];
}

const nextBuild = [
  "FROM dependencies AS build",
  "ENV NEXT_TELEMETRY_DISABLED=1",
  "COPY . .",
  "RUN --mount=type=cache,target=/app/.next/cache mkdir -p public && npm run build",
];

/** The server with what it imports, and nothing else. */
const standalone = [
  '# As `output: "standalone"` of next.config leaves it: the server with what it imports, and nothing else.',
  "COPY --from=build /app/.next/standalone ./",
  "COPY --from=build /app/.next/static ./.next/static",
  "COPY --from=build /app/public ./public",
];

function nodeBuild(usesPrisma: boolean): readonly string[] {
  return [
    "FROM dependencies AS build",
    "COPY . .",
    ...(usesPrisma ? ["RUN npx prisma generate"] : []),
    "RUN npm run build --if-present",
    "# What only building needed stays behind.",
    ...(usesPrisma
      ? [
          `RUN ${npmCache} npm prune --omit=dev \\`,
          "  # The generated client lies among the packages.",
          "  && npx prisma generate",
        ]
      : [`RUN ${npmCache} npm prune --omit=dev`]),
  ];
}

function ask(path: string): string {
  return words(
    "node",
    "-e",
    `fetch('http://127.0.0.1:' + process.env.PORT + '${path}').then((one) => process.exit(one.ok ? 0 : 1), () => process.exit(1))`,
  );
}

/** `node .` starts what package.json names as main; of several services each is a file of its name. */
function command(name: string, { stack }: EnvironmentService, isOneOfSeveral: boolean): string {
  if (stack?.framework === "nextjs") return words("node", "server.js");
  return words("node", isOneOfSeveral ? `dist/${name}.js` : ".");
}
