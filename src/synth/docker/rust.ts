import { finalStages } from "./final-stages.ts";
import type { Image } from "./image.ts";
import { aptInstall, dockerfile, imageWord, ownLayer, served, user, words } from "./instructions.ts";

/** What `stable` stands for: a build that takes whatever it finds is another one every six weeks. */
const stable = "1.88";
const debian = "bookworm";

/** A program for each service, under the service's name. */
export function rustDockerfile({ services }: Image): string {
  const { stack, build } = services[0]?.service ?? {};
  const version = stack?.version === undefined || stack.version === "stable" ? stable : stack.version;
  const base = imageWord(build?.base ?? stack?.image ?? `rust:${version}-slim-${debian}`);
  const registry = "--mount=type=cache,target=/usr/local/cargo/registry";
  const usesSqlx = services.some(({ service }) => service.stack?.tools?.includes("sqlx"));
  const runtime = ["# curl is how the health check asks.", ...aptInstall("ca-certificates", "curl"), ...user];
  return dockerfile([
    [
      `FROM ${base} AS chef`,
      ...aptInstall("pkg-config", "libssl-dev"),
      `RUN ${registry} cargo install cargo-chef --version 0.1.71 --locked`,
      "WORKDIR /app",
    ],
    ["FROM chef AS plan", "COPY . .", "RUN cargo chef prepare --recipe-path recipe.json"],
    [
      "FROM chef AS build",
      ownLayer,
      "COPY --from=plan /app/recipe.json ./",
      `RUN ${registry} cargo chef cook --release --locked --recipe-path recipe.json`,
      "COPY . .",
      ...(usesSqlx
        ? ["# Queries are checked against .sqlx, as `sqlx prepare` left it: a build needs no database.", "ENV SQLX_OFFLINE=true"]
        : []),
      `RUN ${registry} cargo build --release --locked`,
    ],
    ...finalStages(`debian:${debian}-slim`, runtime, services, ({ name, service }) => [
      `COPY --from=build /app/target/release/${name} /usr/local/bin/`,
      ...served(service, (path) => words("sh", "-c", `curl -fsS -o /dev/null "http://127.0.0.1:$PORT${path}"`)),
      `CMD ${words(name)}`,
    ]),
  ]);
}
