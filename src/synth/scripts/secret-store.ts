import type { Environment } from "../../spec/environment.ts";
import { type Shell, sh } from "./sh.ts";

/** The command that prints the newest value of a secret. */
export function readSecret(environment: Environment, secret: string): Shell {
  if (environment.secretsIn === "vault") return sh`vault kv get -field=value ${`secret/${secret}`}`;
  switch (environment.cloud) {
    case "gcp":
      return sh`gcloud secrets versions access latest --secret=${secret} --project=${environment.project}`;
    case "aws":
      return sh`aws secretsmanager get-secret-value --secret-id ${secret} --region ${environment.region ?? "us-east-1"} --query SecretString --output text`;
    case "azure":
      return sh`az keyvault secret show --vault-name "\${VAULT_NAME:?the name of the key vault}" --name ${secret} --query value --output tsv`;
    case "local":
      throw new Error("a laptop has no secret store");
  }
}
