import type { EnvironmentService } from "../../../spec/environment.ts";
import { variablesOf } from "../../variables.ts";
import { type Shell, paragraphs, sh, shell } from "../sh.ts";
import type { Plan } from "./plan.ts";
import { authorityFile, deploymentOf } from "./settings.ts";

// The script of Cloud Run: the way into the network, services with their accounts, and the load balancer of an own domain.

export function servicesScript(plan: Plan): Shell {
  const { services, environments } = plan;
  return paragraphs(
    sh`
start "Cloud Run: the way from it into the network, and an account for each service that may do what the service needs." "$@"
confirm "Set up Cloud Run in $PROJECT_ID?"
`,
    sh`
step "Connector $CONNECTOR"
ensure "connector $CONNECTOR" compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION" -- \
  compute networks vpc-access connectors create "$CONNECTOR" --region="$REGION" --network="$NETWORK" --range="$CONNECTOR_RANGE" \
  --machine-type="$CONNECTOR_MACHINE" --min-instances="$CONNECTOR_MIN" --max-instances="$CONNECTOR_MAX"
wait_for READY compute networks vpc-access connectors describe "$CONNECTOR" --region="$REGION"
`,
    ...services.map((one) => serviceStep(plan, one)),
    environments.some(({ hosts }) => hosts.length > 0)
      ? balancer(environments.some(({ network }) => network?.dns === "cloud dns"))
      : undefined,
  );
}

function serviceStep(plan: Plan, { name, prefix, of }: Plan["services"][number]): Shell {
  const { first, product } = plan;
  const account = shell(`$${prefix}_ACCOUNT`);
  const setting = (key: string) => shell(`"$${prefix}_${key}"`);
  const deployed = deploymentOf(first.services, name);
  const mounted = secretsRead(plan, of);
  const lines = (pieces: readonly string[]) => shell(pieces.join("\n"));
  const own = plan.environments.some(({ hosts }) => hosts[0]?.service === name);
  const roles = [...new Set(of.grants.map(({ role }) => `roles/${role}`))];
  return sh`
step ${`Service ${name}`}
ensure "account ${account}" iam service-accounts describe "${account}@$PROJECT_ID.iam.gserviceaccount.com" -- \
  iam service-accounts create "${account}" --display-name=${`${name} of ${product}`}
member="serviceAccount:${account}@$PROJECT_ID.iam.gserviceaccount.com"
${lines(roles.map((role) => sh`grant "$member" ${role} projects on "$PROJECT_ID"`.shell))}
${lines(mounted.map(({ setting: key }) => `grant "$member" roles/secretmanager.secretAccessor secrets on "$${key}"`))}
${lines(own ? ["ingress=all", "[[ -n $HOST ]] && ingress=internal-and-cloud-load-balancing"] : [])}
# A place for the pipeline to deploy to: until its first release, Google's sample page stands there.
ensure ${`service ${deployed}`} run services describe ${deployed} --region="$REGION" --format="value(metadata.name)" -- \
  run deploy ${deployed} --region="$REGION" --image=us-docker.pkg.dev/cloudrun/container/hello \
  --service-account="${account}@$PROJECT_ID.iam.gserviceaccount.com" --vpc-connector="$CONNECTOR" --vpc-egress=private-ranges-only \
  --port=${of.port ?? 8080} --cpu=${setting("CPU")} --memory=${setting("MEMORY")} \
  --min-instances=${setting("MIN")} --max-instances=${setting("MAX")} --set-env-vars=${setting("VARIABLES")} \
  ${lines(mounted.length === 0 ? [] : [`--set-secrets="${mounted.map(({ as, setting: key }) => `${as}=$${key}:latest`).join(",")}" \\\n  `])}${shell(reachedBy(plan, name))}
`;
}

/** A service that a browser calls lets everybody in; where it has a domain of its own, only through the load balancer. */
function reachedBy({ first, environments }: Plan, name: string): string {
  const kind = first.services[name]?.kind;
  if (kind === "worker" || kind === "cron") return "--no-allow-unauthenticated --ingress=internal";
  const own = environments.some(({ hosts }) => hosts[0]?.service === name);
  return `--allow-unauthenticated --ingress=${own ? '"$ingress"' : "all"}`;
}

/** The secrets of a service: as variables, and the certificate of a cache as a file. */
function secretsRead(
  { first, databases, caches }: Plan,
  of: EnvironmentService,
): readonly { readonly as: string; readonly setting: string }[] {
  return variablesOf(first, of).flatMap((one) => {
    if (one.from !== "secret") return [];
    const database = databases.find(({ name }) => name === one.resource);
    if (database) return [{ as: one.name, setting: `${database.prefix}_URL_SECRET` }];
    const cache = caches.find(({ name }) => name === one.resource);
    if (cache)
      return [
        { as: one.name, setting: `${cache.prefix}_URL_SECRET` },
        { as: authorityFile(cache.name), setting: `${cache.prefix}_CA_SECRET` },
      ];
    return [];
  });
}

function balancer(dns: boolean): Shell {
  const record = sh`
  ensure "zone $DNS_ZONE" dns managed-zones describe "$DNS_ZONE" -- \
    dns managed-zones create "$DNS_ZONE" --dns-name="$DNS_DOMAIN." --visibility=public --description="$DNS_DOMAIN"
  ensure "record $HOST" dns record-sets describe "$HOST." --zone="$DNS_ZONE" --type=A -- \
    dns record-sets create "$HOST." --zone="$DNS_ZONE" --type=A --ttl=300 --rrdatas="$address"
  note "the registrar of $DNS_DOMAIN has to name these servers: $(look dns managed-zones describe "$DNS_ZONE" --format="value(nameServers)")"
`;
  return sh`
# An own domain needs a load balancer: it holds the certificate, which Google renews. Port 80 stays closed.
if [[ -n $HOST ]]; then
  step "Domain $HOST"
  ensure "address $BALANCER" compute addresses describe "$BALANCER" --global -- \
    compute addresses create "$BALANCER" --global
  address=$(look compute addresses describe "$BALANCER" --global --format="value(address)")
  ensure "endpoint group $BALANCER" compute network-endpoint-groups describe "$BALANCER" --region="$REGION" -- \
    compute network-endpoint-groups create "$BALANCER" --region="$REGION" --network-endpoint-type=serverless \
    --cloud-run-service="$HOST_SERVICE"
  ensure "back end $BALANCER" compute backend-services describe "$BALANCER" --global -- \
    compute backend-services create "$BALANCER" --global --load-balancing-scheme=EXTERNAL_MANAGED
  group=$(look compute backend-services describe "$BALANCER" --global --format="value(backends[0].group)")
  if [[ -n $group ]]; then
    keep "endpoint group in back end $BALANCER"
  else
    made=$((made + 1))
    run compute backend-services add-backend "$BALANCER" --global \
      --network-endpoint-group="$BALANCER" --network-endpoint-group-region="$REGION"
  fi
  ensure "map $BALANCER" compute url-maps describe "$BALANCER" --global -- \
    compute url-maps create "$BALANCER" --global --default-service="$BALANCER"
  ensure "certificate $BALANCER" compute ssl-certificates describe "$BALANCER" --global -- \
    compute ssl-certificates create "$BALANCER" --global --domains="$HOST"
  ensure "TLS policy $BALANCER" compute ssl-policies describe "$BALANCER" --global -- \
    compute ssl-policies create "$BALANCER" --global --profile=MODERN --min-tls-version=1.2
  ensure "proxy $BALANCER" compute target-https-proxies describe "$BALANCER" --global -- \
    compute target-https-proxies create "$BALANCER" --global --url-map="$BALANCER" --global-url-map \
    --ssl-certificates="$BALANCER" --global-ssl-certificates --ssl-policy="$BALANCER" --global-ssl-policy
  ensure "forwarding rule $BALANCER" compute forwarding-rules describe "$BALANCER" --global -- \
    compute forwarding-rules create "$BALANCER" --global --load-balancing-scheme=EXTERNAL_MANAGED --address="$BALANCER" \
    --target-https-proxy="$BALANCER" --global-target-https-proxy --ports=443
${dns ? record : shell("")}
fi
`;
}
