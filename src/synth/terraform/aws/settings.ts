import { type Entry, type Value, attribute, attributes, block, expression } from "../../text/hcl.ts";
import { hasStandby } from "../../kubernetes/standby.ts";
import { leastTerraform, terraformLine } from "../version.ts";
import { inAws } from "./accounts.ts";
import { awsProvider } from "./provider.ts";
import { type Input, type Part, type Place, part, regionOf, variable } from "./place.ts";

// Which Terraform and which providers, where the state is, and what everything is tagged with.

export function settings(place: Place): readonly Part[] {
  const backend = backendOf(place, place.environment.environment);
  return [
    part("versions.tf", [], { entries: versionsOf(place, onKubernetes(place)) }),
    providers(place),
    ...(backend.length === 0 ? [] : [part("backend.tf", [], { entries: backend })]),
  ];
}

/** Which Terraform, and which providers. */
export function versionsOf(place: Place, kubernetes = false): readonly Entry[] {
  const version = terraformLine(place.environment);
  const wanted = place.environment.pipeline?.infrastructure?.terraform;
  const older =
    wanted === undefined || wanted === version
      ? undefined
      : `Not ${wanted}: below ${leastTerraform} generated passwords would lie in the state, and S3 could not lock it by itself.`;
  const required = {
    aws: { source: "hashicorp/aws", version: awsProvider(place.environment) },
    ...(kubernetes ? { kubernetes: { source: "hashicorp/kubernetes", version: "~> 2.38" } } : {}),
  };
  const body = [
    ...attribute("required_version", `>= ${version}, < 2.0`, older),
    block("required_providers", [], attributes(required)),
  ];
  return [block("terraform", [], body)];
}

function onKubernetes({ environment }: Place): boolean {
  return environment.runs === "eks";
}

function providers(place: Place): Part {
  const { account, standby } = place.environment;
  const only = /^\d{12}$/.test(account) ? [account] : undefined;
  const aws = (region: Value, alias?: string, comment?: string) =>
    block(
      "provider",
      ["aws"],
      [
        ...attributes({ alias, region, allowed_account_ids: only }),
        block("default_tags", [], attribute("tags", expression("local.tags"))),
      ],
      comment,
    );
  const tags = {
    Product: place.environment.product,
    Environment: place.environment.environment,
    ManagedBy: "terraform",
  };
  const entries: Entry[] = [
    block("locals", [], attributes({ account_id: expression("data.aws_caller_identity.current.account_id"), tags })),
    aws(variable("region")),
  ];
  const inputs: Input[] = [{ name: "region", description: "Where all of it is.", type: "string", value: place.region }];
  if (standby) {
    entries.push(aws(variable("standby_region"), "standby", "The region that takes over when the first is lost."));
    inputs.push({
      name: "standby_region",
      description: "Where copies are, for the day on which the first region is lost.",
      type: "string",
      value: standby.region,
    });
  }
  if (elsewhereThanVirginia(place))
    entries.push(aws("us-east-1", "us_east_1", "CloudFront takes certificates of this region and no other."));
  if (onKubernetes(place)) entries.push(kubernetes(""), ...(hasStandby(place.environment) ? [kubernetes("_standby")] : []));
  entries.push(block("data", ["aws_caller_identity", "current"], []));
  return part("providers.tf", [], { entries, inputs });
}

/** CloudFront's certificates need a provider of their own. */
export function elsewhereThanVirginia(place: Place): boolean {
  return place.environment.network?.cdn !== undefined && place.environment.runs !== "eks" && place.region !== "us-east-1";
}

function kubernetes(suffix: "" | "_standby"): Entry {
  const cluster = `module.cluster${suffix}`;
  const region = variable(suffix === "" ? "region" : "standby_region");
  const args = ["eks", "get-token", "--cluster-name", expression(`${cluster}.name`), "--region", region];
  return block(
    "provider",
    ["kubernetes"],
    [
      ...attributes({
        alias: suffix === "" ? undefined : "standby",
        host: expression(`${cluster}.endpoint`),
        cluster_ca_certificate: expression(`base64decode(${cluster}.ca_certificate)`),
      }),
      block("exec", [], attributes({ api_version: "client.authentication.k8s.io/v1beta1", command: "aws", args })),
    ],
    suffix === "" ? "A token for each run: none is kept." : undefined,
  );
}

/** Where the states are when it is a bucket: one for all environments, in the region of the first. */
export function stateBucket({ subject, environment }: Place): { readonly bucket: string; readonly region: string } {
  const first = inAws(subject)[0] ?? environment;
  const bucket = environment.pipeline?.infrastructure?.state?.bucket ?? `${environment.product}-terraform-state`;
  return { bucket, region: regionOf(first) };
}

/** Where the state of a root is, which is an environment's or has another name. */
export function backendOf(place: Place, name: string): readonly Entry[] {
  const { environment } = place;
  const state = environment.pipeline?.infrastructure?.state;
  if (state === undefined) return [];
  const { bucket, region } = stateBucket(place);
  const key = `${name}/terraform.tfstate`;
  const entry = (): Entry => {
    switch (state.in) {
      case "s3":
        return block(
          "backend",
          ["s3"],
          attributes({
            bucket,
            key,
            region,
            encrypt: state.encrypted === false ? undefined : true,
            use_lockfile: state.locked === true ? true : undefined,
          }),
        );
      case "terraform cloud":
        return block(
          "cloud",
          [],
          [
            ...attribute(
              "organization",
              environment.organisation ?? environment.repository?.path.split("/", 1)[0] ?? environment.product,
            ),
            block(
              "workspaces",
              [],
              attribute(
                "name",
                (name === environment.environment ? environment.workspace : undefined) ?? `${environment.product}-${name}`,
              ),
            ),
          ],
        );
      case "gcs":
        return block("backend", ["gcs"], attributes({ bucket, prefix: name }));
      case "azure":
        return block(
          "backend",
          ["azurerm"],
          attributes({ storage_account_name: bucket, container_name: "tfstate", key, use_azuread_auth: true }),
        );
    }
  };
  const comment =
    state.in === "terraform cloud"
      ? "It encrypts the state, keeps its versions, and lets one run at a time change it. The workspace's execution mode is Local: plans and\napplies run where the cloud's credentials are, in the pipeline or with a person, and Terraform Cloud has none."
      : undefined;
  return [block("terraform", [], [entry()], comment)];
}
