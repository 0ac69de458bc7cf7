import { execFile } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import path from "node:path";

// Terraform and a provider, where this machine has them.

export function onPath(program: string): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(path.delimiter)
    .map((folder) => path.join(folder, program))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** A folder with providers, as `terraform init -plugin-dir` takes it. */
export function pluginFolder(provider: string): string | undefined {
  const folders = [
    process.env["TF_PLUGIN_DIR"],
    path.join(homedir(), ".terraform.d/plugins"),
    "/usr/local/share/terraform/plugins",
    "/usr/share/terraform/plugins",
    "/opt/tf-plugins",
  ];
  return folders.find(
    (folder) =>
      folder !== undefined && folder !== "" && existsSync(path.join(folder, "registry.terraform.io/hashicorp", provider)),
  );
}

export type Ran = { readonly status: number; readonly output: string };

/** Terraform in a folder, with nothing of this machine's settings. */
export function terraform(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
  const own = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    TF_CLI_CONFIG_FILE: "/dev/null",
    TF_IN_AUTOMATION: "true",
    CHECKPOINT_DISABLE: "1",
    AWS_EC2_METADATA_DISABLED: "true",
  };
  return new Promise((resolve) => {
    execFile("terraform", [...args], { cwd: folder, env: { ...own, ...env }, maxBuffer: 2 ** 28 }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : typeof error.code === "number" ? error.code : -1, output: stdout + stderr });
    });
  });
}

export function temporaryFolder(): string {
  return mkdtempSync(path.join(tmpdir(), "gantry-terraform-"));
}

export function writeTree(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [file, text] of files) {
    const place = path.join(folder, file);
    mkdirSync(path.dirname(place), { recursive: true });
    writeFileSync(place, text);
  }
}

/**
 * A root as it can be planned where only the provider for AWS is, and no AWS: its state in its folder, keys that open nothing, and
 * without what runs inside the cluster.
 */
export function withoutCloud(folder: string): void {
  const edit = (file: string, change: (text: string) => string) => {
    const place = path.join(folder, file);
    writeFileSync(place, change(readFileSync(place, "utf8")));
  };
  const aliases = [
    ...readFileSync(path.join(folder, "providers.tf"), "utf8").matchAll(/^provider "aws" \{\n(?: {2}alias +=\s+"(\w+)"\n)?/gm),
  ];
  const provider = (alias: string | undefined) => `provider "aws" {
${alias === undefined ? "" : `  alias                       = "${alias}"\n`}  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  s3_use_path_style           = true
  max_retries                 = 4
}
`;
  writeFileSync(
    path.join(folder, "no_cloud_override.tf"),
    ['terraform {\n  backend "local" {}\n}\n', ...aliases.map(([, alias]) => provider(alias))].join("\n"),
  );
  // Nobody is asked whose keys they are, so nobody knows the account.
  edit("providers.tf", (text) => text.replace(/^ +allowed_account_ids += .*\n/gm, ""));
  if (!readdirSync(folder).includes("kubernetes.tf")) return;
  rmSync(path.join(folder, "kubernetes.tf"));
  edit("providers.tf", (text) => text.replace(/^provider "kubernetes" \{\n[^]*?^\}\n/gm, ""));
  edit("versions.tf", (text) => text.replace(/^ {4}kubernetes = \{\n[^]*?^ {4}\}\n/m, ""));
  edit("outputs.tf", (text) => text.replace(/^output "minio_(?:standby_)?certificate" \{\n[^]*?^\}\n/gm, ""));
}
