import type { Environment } from "../../spec/environment.ts";
import { type Subject, productOf } from "../subject.ts";
import { table } from "../text/markdown.ts";
import { word } from "../text/shell.ts";
import { applyName } from "./apply.ts";
import { hasSidecars } from "./base.ts";
import { cluster } from "./cluster.ts";
import { migrations } from "./migration.ts";
import { hasStandby } from "./standby.ts";
import { allAuthorities, trustedFile } from "./trusted.ts";
import { expectedOutputs } from "./values.ts";
import { type Workload, workloadsOf } from "./workload.ts";

// The one place that explains what the files themselves would have to say many times.

type About = { readonly environments: readonly Environment[]; readonly workloads: readonly Workload[]; readonly plain: boolean };

export function guide(subject: Subject, environments: readonly Environment[]): string {
  const about = { environments, workloads: environments.flatMap(workloadsOf), plain: subject.plain };
  const sections = [
    [
      "Kubernetes",
      [
        `What of ${inline(productOf(subject).title ?? subject.name)} runs in clusters, as kustomize puts it together.`,
        "",
        ...layout(environments),
      ],
    ],
    ["What a cluster has to bring", table(["what", "namespace", "what for"], brings(about)).split("\n")],
    ["Applying", applying(about)],
    ["Decisions", decisions(about)],
  ] as const;
  return `${sections.map(([title, lines], index) => [`${index === 0 ? "#" : "##"} ${title}`, "", ...lines].join("\n")).join("\n\n")}\n`;
}

function layout(environments: readonly Environment[]): readonly string[] {
  const sidecars = environments.some(hasSidecars);
  const overlays = environments.flatMap((one) => [
    [`\`overlays/${one.environment}\``, inline(one.purpose ?? `the environment ${one.environment}`)],
    ...(hasStandby(one)
      ? [[`\`overlays/${one.environment}-standby\``, `the same in ${inline(one.standby?.region ?? "")}, standing ready`]]
      : []),
  ]);
  return table(
    ["folder", "what"],
    [
      ["`base`", "what is the same everywhere, on every cloud"],
      ...(sidecars ? [["`components`", "what overlays put into the deployments of the base"]] : []),
      ...overlays,
    ],
  ).split("\n");
}

function brings({ environments, workloads }: About): readonly (readonly string[])[] {
  const some = (has: (one: Environment) => boolean) => environments.some(has);
  return [
    ["metrics-server", "kube-system", "autoscaling"],
    ["[External Secrets](https://external-secrets.io)", "external-secrets", "secrets, from the store of the cloud"],
    ...(workloads.some(({ tls }) => tls !== "none") || some(({ hosts }) => hosts.length > 0)
      ? [["[cert-manager](https://cert-manager.io)", "cert-manager", "certificates, inside and outside"]]
      : []),
    ...(some(({ hosts }) => hosts.length > 0) ? [["ingress-nginx", cluster.ingress.namespace, "the way in"]] : []),
    ...(workloads.some(({ service }) => service.scale?.idle !== undefined)
      ? [["[KEDA](https://keda.sh) with its HTTP add-on", cluster.keda.namespace, "pods that sleep until somebody calls"]]
      : []),
    ...(some(({ tools }) => tools?.metrics?.includes("prometheus") === true)
      ? [["Prometheus", cluster.monitoring.namespace, "metrics, found by the annotations of pods"]]
      : []),
    ...(some(({ tools }) => tools?.logs === "loki")
      ? [["Loki", cluster.monitoring.namespace, "logs, which `log-shipper` hands over"]]
      : []),
  ];
}

function applying({ environments }: About): readonly string[] {
  const [first] = environments;
  const trusts = environments.flatMap(allAuthorities).length > 0;
  const migrated = environments.some((one) => migrations(one).length > 0);
  const unmigrated = [...new Set(environments.flatMap(withoutCommand))];
  return [
    "When Terraform has run, and `kubectl` speaks to the cluster, with the version whose images are in the registry:",
    "",
    "```sh",
    `./${applyName} ${word(first?.environment ?? "")} <version>`,
    "```",
    "",
    "In this order it",
    "",
    `- puts ${environments.some((one) => expectedOutputs(one, workloadsOf(one)).length > 0) ? "Terraform's output `terraform_env` and " : ""}the version into a copy of the overlay: the files here stay as they were written, \`from-the-release\` and \`from-terraform\` with them, and an overlay that is applied without this script asks for images that there are not;`,
    ...(trusts ? [`- puts the authorities of stores that sign their certificates themselves into its \`${trustedFile}\`;`] : []),
    `- applies everything but the deployments${migrated ? ", runs the migrations as jobs with the new images, and goes on when they are complete;" : ";"}`,
    "- applies the deployments and waits until their pods are ready.",
    "",
    "The first time, pods wait for a minute until their secrets and certificates have been made; nothing has to be applied twice.",
    ...unmigrated.flatMap((name) => [
      "",
      `The migrations of ${inline(name)} are not run by it: the spec names no command for them (\`migrations.apply\`).`,
    ]),
  ];
}

/** Databases whose migrations nobody knows how to run in a cluster. */
function withoutCommand({ resources }: Environment): readonly string[] {
  return Object.entries(resources).flatMap(([name, one]) =>
    one.kind === "postgres" && one.migrations !== undefined && one.migrations.apply === undefined ? [name] : [],
  );
}

function decisions({ environments, workloads, plain }: About): readonly string[] {
  const blueGreen = environments.some(({ release }) => release?.strategy === "blue-green");
  const limited = environments.find(({ limits }) => limits?.pods !== undefined);
  return [
    ...(blueGreen
      ? [
          plain
            ? "- **Blue and green** are not two sets of files, which would drift apart. Applied as they are, new pods take over as each becomes ready and none is missing; for two colours side by side a release applies the deployments a second time under names and labels of their own, and moves the services' selectors."
            : "- **Blue and green** are not two sets of files, which would drift apart: a release starts the new colour from these deployments under names and labels of its own, and moves the services' selectors when it has proved itself.",
        ]
      : []),
    ...(workloads.some(({ tls }) => tls === "beside")
      ? [
          "- **HTTPS between services**: an authority of the namespace's own signs a certificate for each service's name. nginx ends TLS beside each service (`components/tls-sidecar`, put into every deployment that is labelled for it), so that no service has to know of it; who calls verifies who answers. A policy lets nobody reach a service around it. Certificates are renewed a month before they end, time enough to notice that renewing fails, and nginx takes them up within the hour.",
        ]
      : []),
    "- **Configuration** is in generated config maps, whose names change with their content: a change starts new pods, and going back goes back with it. Whatever is secret comes from the store; services read it when they start, so a rotated secret takes a restart within its grace." +
      (environments.some(({ cloud }) => cloud === "aws")
        ? " On AWS the operator reads the store by its own Pod Identity, so its role has to know this product's secrets and no others; elsewhere each service's identity reads its own."
        : " Each service's own identity reads what belongs to it, and nothing else."),
    "- **Pods** pass the restricted profile, which the namespace enforces. They write to `/tmp` alone, and their requests equal their limits.",
    "- **Network policies** deny what is not named. Stores have addresses that Terraform hands out, so policies name their ports within private ranges.",
    ...(environments.flatMap(allAuthorities).length === 0
      ? []
      : [
          "- **Authorities** of stores that sign their certificates themselves lie in every pod that calls such a store, as a file. Node trusts it beside the public ones, by `NODE_EXTRA_CA_CERTS`; other languages have no variable that adds to those, and find the file's name in `TRUSTED_CA_FILE`.",
        ]),
    ...(limited === undefined
      ? []
      : [
          `- **Limits**: a quota holds ${inline(limited.environment)} to ${limited.limits?.pods} pods, whoever starts them. A release that finds it full ends an old pod before it starts a new one.`,
        ]),
    ...(environments.some(hasStandby)
      ? [
          "- **The second region** has everything running but what must run once: jobs and workers wait for the cut-over. Migrations are run in the first region alone, whose database it has a copy of. Its public certificate is issued when the names point to it.",
        ]
      : []),
  ];
}

/** Text of the spec's inside of a line of Markdown. */
function inline(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (one) => `\\${one}`).replace(/\s+/g, " ");
}
