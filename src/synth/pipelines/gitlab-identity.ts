import type { Context, Map } from "./context.ts";
import { block, text } from "./gitlab-words.ts";

// Who a job on GitLab CI is: for the clouds, for its registry, and for those who look at a signature.

type Identified = { readonly tokens: Map; readonly variables: Map; readonly script: readonly string[] };

export function identityOf({ job }: Context): Identified {
  const { identity, tools } = job;
  const docker: Map = tools.some(({ tool }) => tool === "docker")
    ? {
        DOCKER_HOST: "tcp://docker:2376",
        DOCKER_TLS_CERTDIR: "/certs",
        DOCKER_TLS_VERIFY: "1",
        DOCKER_CERT_PATH: "/certs/client",
      }
    : {};
  const sigstore: Map = tools.some(({ tool }) => tool === "cosign") ? { SIGSTORE_ID_TOKEN: { aud: "sigstore" } } : {};
  if (identity === undefined || !job.rights.includes("identity")) return { tokens: sigstore, variables: docker, script: [] };
  const cloud = tools.some(({ tool }) => tool === "cloud");
  const keep = "(umask 077 && printf '%s' \"$ID_TOKEN\" > /tmp/id-token)";
  switch (identity.cloud) {
    case "gcp":
      return {
        tokens: { ID_TOKEN: { aud: "https://iam.googleapis.com/$GCP_WORKLOAD_IDENTITY_PROVIDER" }, ...sigstore },
        variables: { ...docker, GOOGLE_APPLICATION_CREDENTIALS: "/tmp/credentials.json", GCP_ACCOUNT: text(identity.account) },
        script: [
          keep,
          block(googleCredentials),
          ...(cloud ? ['gcloud auth login --quiet --cred-file "$GOOGLE_APPLICATION_CREDENTIALS"'] : []),
        ],
      };
    case "aws":
      return {
        tokens: { ID_TOKEN: { aud: "sts.amazonaws.com" }, ...sigstore },
        variables: {
          ...docker,
          AWS_ROLE_ARN: text(identity.account),
          AWS_WEB_IDENTITY_TOKEN_FILE: "/tmp/id-token",
          AWS_REGION: text(identity.region),
        },
        script: [keep],
      };
    case "azure":
      return {
        tokens: { ID_TOKEN: { aud: "api://AzureADTokenExchange" }, ...sigstore },
        variables: {
          ...docker,
          ...(cloud ? {} : { ARM_USE_OIDC: "true", ARM_OIDC_TOKEN: "$ID_TOKEN", ARM_TENANT_ID: "$AZURE_TENANT_ID" }),
          ARM_CLIENT_ID: text(identity.account),
          ARM_SUBSCRIPTION_ID: text(identity.project),
        },
        script: cloud
          ? [
              'az login --output none --service-principal --username "$ARM_CLIENT_ID" --tenant "$AZURE_TENANT_ID" --federated-token "$ID_TOKEN"',
              'az account set --subscription "$ARM_SUBSCRIPTION_ID"',
            ]
          : [],
      };
  }
}

/** What Google's libraries read: the job's token, for a short one of the account. */
const googleCredentials = [
  'cat > "$GOOGLE_APPLICATION_CREDENTIALS" <<END',
  "{",
  '  "type": "external_account",',
  '  "audience": "//iam.googleapis.com/$GCP_WORKLOAD_IDENTITY_PROVIDER",',
  '  "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",',
  '  "token_url": "https://sts.googleapis.com/v1/token",',
  '  "credential_source": { "file": "/tmp/id-token" },',
  '  "service_account_impersonation_url": "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/$GCP_ACCOUNT:generateAccessToken"',
  "}",
  "END",
].join("\n");
