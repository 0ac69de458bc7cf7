import type { Job } from "./model.ts";
import { indented } from "./scripts.ts";

// Where a job's commands find their tools, on systems that run every job in a container: an image, and what is added to it.

export type Runtime = { readonly image: string; readonly installs: readonly string[] };

const images = {
  docker: "docker:28-cli",
  gcp: "gcr.io/google.com/cloudsdktool/google-cloud-cli:stable",
  aws: "public.ecr.aws/aws-cli/aws-cli:2.27.49",
  azure: "mcr.microsoft.com/azure-cli:2.75.0",
  none: "buildpack-deps:bookworm",
} as const;

export function runtimeOf(job: Job): Runtime {
  const has = (name: string) => job.tools.find(({ tool }) => tool === name);
  const version = (name: string) => {
    const tool = has(name);
    return tool !== undefined && "version" in tool ? tool.version : "";
  };
  const cloud = job.identity !== undefined && has("cloud") !== undefined ? job.identity.cloud : undefined;
  const installs: string[] = [];
  const packages = new Set<string>();
  const scripts = job.steps
    .flatMap((one) => (one.is === "run" ? [one.script] : one.is === "green" || one.is === "comment" ? ["jq"] : []))
    .join("\n");
  if (/\bjq\b/.test(scripts)) packages.add("jq");

  const cluster = scripts.includes("kubectl ");

  let image: string;
  if (cloud === "gcp") image = images.gcp;
  else if (has("rust")) image = `rust:${version("rust") === "stable" ? "1" : version("rust")}-bookworm`;
  else if (has("python")) image = `python:${version("python")}-bookworm`;
  else if (has("node")) image = `node:${version("node")}-bookworm`;
  else if (has("terraform")) image = `hashicorp/terraform:${version("terraform")}`;
  else if (has("docker")) image = images.docker;
  else image = cloud === undefined ? images.none : images[cloud];

  if (has("rust")) installs.push("rustup component add clippy");
  if (has("node") && !image.startsWith("node:")) installs.push(...nodeInto(version("node")));
  if (/\.local\/bin/.test(scripts)) installs.push('export PATH="$HOME/.local/bin:$PATH"');
  if (has("cosign")) installs.push(...cosign);
  if (cluster && cloud === "gcp") packages.add("kubectl").add("google-cloud-cli-gke-gcloud-auth-plugin");
  if (cluster && cloud === "aws") installs.push(...kubectl);
  const language = /^(rust|python|node):/.test(image);
  if (language && cloud === "aws") packages.add("awscli");
  if (language && cloud === "azure") packages.add("azure-cli");
  if (has("terraform")) {
    if (scripts.includes("curl ") || job.steps.some(({ is }) => is === "comment"))
      installs.unshift("apk add --no-cache bash curl jq");
  } else if (image === images.docker) {
    const more = [
      "bash",
      "curl",
      ...(packages.has("jq") ? ["jq"] : []),
      ...(cloud === "aws" ? ["aws-cli"] : []),
      ...(cloud === "azure" ? ["py3-pip"] : []),
    ];
    installs.unshift(
      `apk add --no-cache ${more.join(" ")}`,
      ...(cloud === "azure" ? ["pip install --break-system-packages azure-cli==2.75.0"] : []),
    );
  } else if (image === images.aws) installs.unshift(`yum install --assumeyes ${["gzip", "tar", ...packages].join(" ")}`);
  else if (image === images.azure) installs.unshift(`tdnf install --assumeyes ${["tar", ...packages].join(" ")}`);
  else {
    if (has("docker") && image !== images.gcp) packages.add("docker.io");
    if (packages.size > 0)
      installs.unshift(
        `apt-get update --quiet --quiet && apt-get install --quiet --quiet --yes --no-install-recommends ${[...packages].toSorted().join(" ")}`,
      );
  }
  return { image, installs };
}

/** An image without bash. */
export function bare(image: string): boolean {
  return /^(docker|hashicorp\/terraform):/.test(image);
}

function nodeInto(version: string): readonly string[] {
  const from = `https://nodejs.org/dist/latest-v${version.split(".", 1)[0] ?? "20"}.x`;
  return [
    `curl --fail --silent --show-error --output /tmp/node.sums ${from}/SHASUMS256.txt`,
    "node=$(grep --only-matching 'node-v.*-linux-x64.tar.xz' /tmp/node.sums)",
    `(cd /tmp && curl --fail --silent --show-error --remote-name "${from}/$node" && grep "$node" node.sums | sha256sum --check)`,
    'tar --extract --xz --file "/tmp/$node" --directory /usr/local --strip-components 1',
  ];
}

const release = "https://github.com/sigstore/cosign/releases/download/v3.0.6";
const cosign: readonly string[] = [
  `(cd /tmp && curl --fail --silent --show-error --location --remote-name-all ${release}/cosign-linux-amd64 ${release}/cosign_checksums.txt)`,
  "(cd /tmp && grep ' cosign-linux-amd64$' cosign_checksums.txt | sha256sum -c && install -m 0755 cosign-linux-amd64 /usr/local/bin/cosign)",
];

const kubectlRelease = "https://dl.k8s.io/release/v1.33.4/bin/linux/amd64/kubectl";
const kubectl: readonly string[] = [
  `(cd /tmp && curl --fail --silent --show-error --location --remote-name ${kubectlRelease})`,
  `(cd /tmp && echo "$(curl --fail --silent --show-error --location ${kubectlRelease}.sha256)  kubectl" | sha256sum -c -)`,
  "install -m 0755 /tmp/kubectl /usr/local/bin/kubectl",
];

/** A script in its folder, so that the next one begins where this one began. */
export function inFolder(script: string, folder: string | undefined): string {
  if (folder === undefined) return script;
  return script.includes("\n") ? `(\ncd ${folder}\n${script}\n)` : `(cd ${folder} && ${script})`;
}

/** What is left out where an earlier step of the same shell has given something. */
export function unless(script: string, name: string | undefined): string {
  return name === undefined ? script : `if [ "$${name}" != true ]; then\n${indented(script)}\nfi`;
}
