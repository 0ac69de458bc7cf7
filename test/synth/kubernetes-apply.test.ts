import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { kubernetes } from "../../src/synth/kubernetes/index.ts";
import { onPath } from "../support/pipelines.ts";
import { type ExampleName, subjectOf } from "../support/synth.ts";

// The script that applies an overlay, with the real kubectl where it puts files together and a stand-in where it would speak to a cluster.

type Container = {
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
};
type Object = {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template?: { readonly spec: { readonly containers: readonly Container[]; readonly volumes: readonly unknown[] } };
    readonly ingress?: readonly { readonly from: readonly unknown[] }[];
  };
};

const objectsIn = (text: string): readonly Object[] =>
  parseAllDocuments(text).flatMap((one) => (one.contents === null ? [] : [one.toJS() as Object]));

/** Everything that the script says to the cluster: the words, and the file that comes with them. */
async function applied(example: ExampleName, overlay: string, version: string, broken = "nothing") {
  const subject = await subjectOf(example);
  const folder = mkdtempSync(path.join(tmpdir(), "apply-"));
  try {
    const files = kubernetes(subject);
    for (const { path: name, text, executable } of files) {
      mkdirSync(path.dirname(path.join(folder, "tree", name)), { recursive: true });
      writeFileSync(path.join(folder, "tree", name), text);
      if (executable === true) chmodSync(path.join(folder, "tree", name), 0o755);
    }
    const script = files.find(({ path: name }) => name.endsWith("/apply.sh"))?.path ?? "";
    mkdirSync(path.join(folder, "bin"));
    mkdirSync(path.join(folder, "said"));
    const real = spawnSync("sh", ["-c", "command -v kubectl"], { encoding: "utf8" }).stdout.trim();
    const program = (name: string, body: string) =>
      writeFileSync(path.join(folder, "bin", name), `#!/usr/bin/env bash\n${body}\n`, { mode: 0o755 });
    program(
      "kubectl",
      [
        `case "$*" in *${broken}*) exit 1 ;; esac`,
        `[[ $1 == kustomize ]] && exec ${real} "$@"`,
        `n=$(ls '${folder}/said' | wc -l)`,
        `printf '%s\\n' "$*" > "${folder}/said/$(printf %03d "$n")"`,
        `for one; do [[ $one == - ]] && cat >> "${folder}/said/$(printf %03d "$n")"; [[ -f $one ]] && cat "$one" >> "${folder}/said/$(printf %03d "$n")"; done`,
        `[[ $* == *"get job"* ]] && exit 1`,
        `[[ $* == *"get secret minio-tls"* ]] && printf %s 'bWluaW8gYXV0aG9yaXR5'`,
        "exit 0",
      ].join("\n"),
    );
    program(
      "terraform",
      `if [[ $* == *trusted_ca* ]]; then printf -- '-----BEGIN CERTIFICATE-----\\nredis authority\\n-----END CERTIFICATE-----'; else echo '{"API_IDENTITY":"api@x","CACHE_URL":"rediss://10.0.0.3:6378","DOCUMENTS_ID":"docs"}'; fi`,
    );
    const before = readdirSync(path.join(folder, "tree"), { recursive: true }).length;
    const { status, stderr } = spawnSync(path.join(folder, "tree", script), [overlay, version], {
      encoding: "utf8",
      env: { PATH: `${folder}/bin:${process.env["PATH"] ?? ""}`, HOME: folder },
    });
    expect(readdirSync(path.join(folder, "tree"), { recursive: true })).toHaveLength(before);
    for (const { path: name, text } of files) expect(readFileSync(path.join(folder, "tree", name), "utf8"), name).toBe(text);
    const said = readdirSync(path.join(folder, "said"))
      .toSorted()
      .map((name) => {
        const [words = "", ...rest] = readFileSync(path.join(folder, "said", name), "utf8").split("\n");
        return { words, text: rest.join("\n") };
      });
    return { status, stderr, said };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe.skipIf(!onPath("kubectl"))("apply.sh (kubectl)", () => {
  test("migrates with the new version before any pod of it starts, and leaves the files as they are", async () => {
    const { status, stderr, said } = await applied("proveniq-ledger", "sandbox", "0123456789abcdef");
    expect(status, stderr).toBe(0);
    const at = (words: RegExp) => said.findIndex((one) => words.test(one.words));
    const first = said[at(/before\.yaml/)];
    const last = said[at(/all\.yaml/)];
    expect(objectsIn(first?.text ?? "").map(({ kind }) => kind)).not.toContain("Deployment");
    expect(objectsIn(first?.text ?? "").map(({ kind }) => kind)).toContain("CronJob");
    expect(objectsIn(last?.text ?? "").map(({ kind }) => kind)).toContain("Deployment");
    expect(at(/before\.yaml/)).toBeLessThan(at(/create job migrate-db-0123456789 --from=cronjob\/migrate-db/));
    expect(at(/create job/)).toBeLessThan(at(/wait --for condition=complete job\/migrate-db-0123456789/));
    expect(at(/wait --for/)).toBeLessThan(at(/all\.yaml/));
    expect(at(/all\.yaml/)).toBeLessThan(at(/rollout status deployment\/ledger-api/));
    for (const text of [first?.text, last?.text]) expect(text).not.toMatch(/from-the-release|from-terraform/);
    expect(first?.text).toContain("image: gcr.io/proveniq-ledger-sandbox/api:0123456789abcdef");
  });

  test("in the second region, whose database is a copy, nothing is migrated", async () => {
    const words = async (overlay: string) =>
      (await applied("ai-governance", overlay, "abc")).said.map((one) => one.words).join("\n");
    expect(await words("production")).toContain("create job migrate-db-abc");
    const there = await words("production-standby");
    expect(there).toContain("rollout status");
    expect(there).not.toContain("create job");
  });

  test("a migration that fails keeps the new version out", async () => {
    const { status, said } = await applied("proveniq-ledger", "sandbox", "abc", "'wait --for'");
    expect(status).not.toBe(0);
    expect(said.map(({ words }) => words).join("\n")).not.toContain("all.yaml");
  });

  test("services on node trust the authority of a Memorystore, which stands there before they start", async () => {
    const { said } = await applied("proveniq-ledger", "sandbox", "abc");
    const [map] = said.flatMap(({ text }) => objectsIn(text).filter(({ metadata }) => metadata.name.startsWith("trusted-")));
    expect(map?.kind).toBe("ConfigMap");
    expect(map?.data?.["trusted.pem"]).toContain("-----BEGIN CERTIFICATE-----\nredis authority\n-----END CERTIFICATE-----\n");
    const pods = objectsIn(said.find(({ words }) => words.includes("all.yaml"))?.text ?? "");
    const pod = pods.find(({ kind }) => kind === "Deployment")?.spec?.template?.spec;
    expect(pod?.containers[0]?.env).toContainEqual({ name: "NODE_EXTRA_CA_CERTS", value: "/etc/trusted/trusted.pem" });
    expect(pod?.containers[0]?.volumeMounts).toContainEqual({ name: "trusted", mountPath: "/etc/trusted", readOnly: true });
    expect(pod?.volumes).toContainEqual({ name: "trusted", configMap: { name: map?.metadata.name } });
  });

  test("GKE's collectors of metrics get through to what they ask", async () => {
    const { said } = await applied("proveniq-ledger", "sandbox", "abc");
    const policy = objectsIn(said.find(({ words }) => words.includes("all.yaml"))?.text ?? "").find(
      ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name === "ledger-api",
    );
    expect(JSON.stringify(policy?.spec?.ingress)).toContain('"kubernetes.io/metadata.name":"gke-gmp-system"');
  });

  test("what calls MinIO trusts MinIO's authority, in every language as far as it can be told", async () => {
    const { said, status, stderr } = await applied("ai-governance", "production", "abc");
    expect(status, stderr).toBe(0);
    const [map] = said.flatMap(({ text }) => objectsIn(text).filter(({ metadata }) => metadata.name.startsWith("trusted-")));
    expect(map?.data?.["trusted.pem"]).toContain("minio authority");
    const pods = objectsIn(said.find(({ words }) => words.includes("all.yaml"))?.text ?? "").flatMap((one) =>
      (one.kind === "Deployment" ? (one.spec?.template?.spec.containers ?? []) : []).filter(({ volumeMounts }) =>
        volumeMounts.some(({ name }) => name === "trusted"),
      ),
    );
    expect(pods.length).toBeGreaterThan(0);
    for (const { env = [] } of pods)
      expect(env.map(({ name }) => name)).toContainEqual(expect.stringMatching(/^(NODE_EXTRA_CA_CERTS|TRUSTED_CA_FILE)$/));
  });

  test.each([
    ["an environment that there is not", "nowhere", "abc"],
    ["a version that is no tag", "sandbox", "a b;c"],
  ])("it refuses %s", async (_, overlay, version) => {
    const { status, said } = await applied("proveniq-ledger", overlay, version);
    expect(status).toBe(2);
    expect(said).toEqual([]);
  });
});
