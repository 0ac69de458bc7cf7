import type { EnvironmentService } from "../../spec/environment.ts";
import { dockerfile, aptInstall, imageWord, ownLayer, served, user, words } from "./instructions.ts";
import type { Image } from "./image.ts";
import { finalStages } from "./final-stages.ts";

/** `app.main:app` answers requests, `app.<service>` does anything else. */
export function pythonDockerfile({ services }: Image): string {
  const [first] = services;
  const { stack, build } = first?.service ?? {};
  const base = imageWord(build?.base ?? stack?.image ?? `python:${stack?.version ?? "3.11"}-slim`);
  const runtime = [
    'ENV PATH="/opt/venv/bin:$PATH" PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1',
    "WORKDIR /app",
    "COPY --from=dependencies /opt/venv /opt/venv",
    "COPY . .",
    ...user,
  ];
  return dockerfile([
    [
      `FROM ${base} AS dependencies`,
      "# Compilers, for packages that come as source: they stay behind in this stage.",
      ...aptInstall("build-essential"),
      "RUN python -m venv /opt/venv",
      'ENV PATH="/opt/venv/bin:$PATH" PIP_DISABLE_PIP_VERSION_CHECK=1',
      "WORKDIR /app",
      ownLayer,
      "COPY requirements.txt ./",
      "RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt",
    ],
    ...finalStages(base, runtime, services, ({ name, service }) => [
      ...served(service, (path) =>
        words(
          "python",
          "-c",
          `import os, urllib.request; urllib.request.urlopen('http://127.0.0.1:' + os.environ['PORT'] + '${path}', timeout=4)`,
        ),
      ),
      `CMD ${command(name, service)}`,
    ]),
  ]);
}

function command(name: string, { kind, stack }: EnvironmentService): string {
  const module = `app.${name.replaceAll("-", "_")}`;
  // The port is the platform's to choose.
  if (kind !== "worker" && kind !== "cron") return words("sh", "-c", 'exec uvicorn app.main:app --host 0.0.0.0 --port "$PORT"');
  return kind === "worker" && stack?.framework === "arq"
    ? words("arq", `${module}.WorkerSettings`)
    : words("python", "-m", module);
}
