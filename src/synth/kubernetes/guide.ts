import type { Environment } from "../../spec/environment.ts";
import { type Subject, productOf } from "../subject.ts";
import { table } from "../text/markdown.ts";
import { hasSidecars } from "./base.ts";
import { cluster } from "./cluster.ts";
import { imageName } from "./pod.ts";
import { hasStandby } from "./standby.ts";
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

function applying({ environments, workloads }: About): readonly string[] {
  const [first] = environments;
  const image = workloads.find(({ service }) => service.build !== undefined);
  const steps = [
    ...(environments.some((one) => expectedOutputs(one, workloadsOf(one)).length > 0)
      ? ["Terraform runs, and its output `terraform_env` replaces what stands in the overlay's `terraform.env`."]
      : []),
    ...(image === undefined
      ? []
      : [
          `The versions are set: \`kustomize edit set image ${imageName(image.key, image)}=<registry>/<image>@sha256:…\`. The tag that is written there, \`from-the-release\`, belongs to no image.`,
        ]),
    `\`kubectl apply -k overlays/${first?.environment ?? ""}\``,
  ];
  return [
    ...steps.map((one, index) => `${index + 1}. ${one}`),
    "",
    "The first time, pods wait for a minute until their secrets and certificates have been made; nothing has to be applied twice.",
  ];
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
    ...(limited === undefined
      ? []
      : [
          `- **Limits**: a quota holds ${inline(limited.environment)} to ${limited.limits?.pods} pods, whoever starts them. A release that finds it full ends an old pod before it starts a new one.`,
        ]),
    ...(environments.some(hasStandby)
      ? [
          "- **The second region** has everything running but what must run once: jobs and workers wait for the cut-over. Its public certificate is issued when the names point to it.",
        ]
      : []),
  ];
}

/** Text of the spec's inside of a line of Markdown. */
function inline(text: string): string {
  return text.replace(/[\\`*_[\]<>|#]/g, (one) => `\\${one}`).replace(/\s+/g, " ");
}
