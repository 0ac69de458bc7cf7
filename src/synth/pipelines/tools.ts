import { plainPath } from "../layout.ts";
import type { Environment } from "../../spec/environment.ts";
import { tools as images } from "../monitoring/watch.ts";
import { terraformLine } from "../terraform/version.ts";
import type { Run, Tool } from "./model.ts";
import { run } from "./model.ts";

/** The language of a folder: that of the service built in it, else what the commands ask for. */
type Language = "node" | "python" | "rust";
const usual: Readonly<Record<Language, string>> = { node: "20", python: "3.11", rust: "stable" };

const languageOf: Readonly<Record<string, Language>> = {
  npm: "node",
  npx: "node",
  node: "node",
  python: "python",
  pytest: "python",
  pip: "python",
  alembic: "python",
  bandit: "python",
  semgrep: "python",
  "pip-audit": "python",
  cargo: "rust",
  sqlx: "rust",
};

/** Tools of Python that check code without running it: they need nothing of the project's own. */
const standalone: Readonly<Record<string, string>> = {
  bandit: "bandit==1.8.6",
  semgrep: "semgrep==1.131.0",
  "pip-audit": "pip-audit==2.9.0",
};

const crates: Readonly<Record<string, string>> = {
  "cargo audit": "cargo install --locked cargo-audit --version 0.21.2",
  sqlx: "cargo install --locked sqlx-cli --version 0.8.6 --no-default-features --features rustls,postgres",
};

type Release = {
  readonly from: string;
  readonly file: string;
  readonly sums: string;
  readonly archive: boolean;
  /** The folder of an archive that it lies in. */
  readonly inside?: string;
};
const releases: Readonly<Record<string, Release>> = {
  tfsec: {
    from: "https://github.com/aquasecurity/tfsec/releases/download/v1.28.14",
    file: "tfsec-linux-amd64",
    sums: "tfsec_checksums.txt",
    archive: false,
  },
  conftest: {
    from: "https://github.com/open-policy-agent/conftest/releases/download/v0.62.0",
    file: "conftest_0.62.0_Linux_x86_64.tar.gz",
    sums: "checksums.txt",
    archive: true,
  },
  promtool: fromPrometheus("prometheus", versionIn(images.prometheus.image)),
  amtool: fromPrometheus("alertmanager", versionIn(images.alertmanager.image)),
};

/** What checks a tool's files is of the version that reads them. */
function versionIn(image: string): string {
  return image.slice(image.lastIndexOf(":v") + 2);
}

function fromPrometheus(project: string, version: string): Release {
  const inside = `${project}-${version}.linux-amd64`;
  return {
    from: `https://github.com/prometheus/${project}/releases/download/v${version}`,
    file: `${inside}.tar.gz`,
    sums: "sha256sums.txt",
    archive: true,
    inside,
  };
}

/** A binary of a release on GitHub, refused if it is not the one that the release names. */
export function released(name: string): Run {
  const { from, file, sums, archive, inside } = releases[name] as Release;
  return run(
    `Install ${name}`,
    [
      'mkdir -p "$HOME/.local/bin"',
      "(",
      '  cd "$(mktemp -d)"',
      `  curl --fail --silent --show-error --location --remote-name "${from}/${file}" --remote-name "${from}/${sums}"`,
      `  grep ' ${file}$' ${sums} | sha256sum -c -`,
      ...unpacked(),
      `  install -m 0755 ${name} "$HOME/.local/bin"`,
      ")",
    ].join("\n"),
  );

  function unpacked(): readonly string[] {
    if (!archive) return [`  mv ${file} ${name}`];
    return [inside === undefined ? `  tar -xzf ${file} ${name}` : `  tar -xzf ${file} --strip-components=1 ${inside}/${name}`];
  }
}

export type Setup = { readonly tools: readonly Tool[]; readonly steps: readonly Run[] };

/** What commands need that run in a folder of the repository. */
export function setUp(commands: readonly string[], folder: string, environment: Environment): Setup {
  const words = commands.map((one) => one.trim().split(/\s+/));
  const first = new Set(words.flatMap(([one]) => (one === undefined ? [] : [one])));
  const languages = [
    ...new Set([...first].flatMap((one) => (Object.hasOwn(languageOf, one) ? [languageOf[one] as Language] : []))),
  ];
  const requirements = ["python", "pytest", "alembic"].some((one) => first.has(one));
  const modules = commands.some((one) => /^(npx|npm (run|test|t|ci|install))\b/.test(one));
  const locks = {
    node: modules ? "package-lock.json" : undefined,
    python: requirements ? "requirements.txt" : undefined,
    rust: "Cargo.lock",
  };
  const tools: Tool[] = languages.map((tool) => ({
    tool,
    version: versionOf(tool, folder, environment),
    ...(locks[tool] === undefined ? {} : { lock: folder === "." ? locks[tool] : `${folder}/${locks[tool]}` }),
  }));
  const steps: Run[] = [];

  if (modules && !commands.some((one) => /^npm (ci|install)\b/.test(one))) steps.push(run("Install", "npm ci"));
  const pip = [...first].flatMap((one) => (Object.hasOwn(standalone, one) ? [standalone[one] as string] : []));
  if (requirements) steps.push(run("Install", "python -m pip install --requirement requirements.txt"));
  if (pip.length > 0)
    steps.push(
      run(
        `Install ${[...first].filter((one) => Object.hasOwn(standalone, one)).join(", ")}`,
        `python -m pip install ${pip.join(" ")}`,
      ),
    );
  for (const [command, install] of Object.entries(crates))
    if (commands.some((one) => one === command || one.startsWith(`${command} `))) steps.push(run(`Install ${command}`, install));
  if (commands.some((one) => one.startsWith("npx playwright ")))
    steps.push(run("Install the browser", "npx playwright install --with-deps chromium"));
  if (first.has("terraform")) tools.push({ tool: "terraform", version: terraformOf(environment) });
  for (const name of Object.keys(releases)) if (first.has(name)) steps.push(released(name));
  return { tools, steps };
}

function versionOf(language: Language, folder: string, { services }: Environment): string {
  const spoken = Object.values(services).filter(({ stack }) => stack?.language === language);
  const here = spoken.find(({ build }) => build !== undefined && plainPath(build.context) === plainPath(folder));
  return (here ?? spoken[0])?.stack?.version ?? usual[language];
}

/** The newest release of a line, for systems that only know whole versions. */
const lines: Readonly<Record<string, string>> = {
  "1.11": "1.11.4",
};

export function terraformOf(environment: Environment): string {
  const wanted = terraformLine(environment);
  return lines[wanted] ?? (/^\d+\.\d+$/.test(wanted) ? `${wanted}.0` : wanted);
}
