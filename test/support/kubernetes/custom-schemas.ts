// The parts that are written of the custom resources of cert-manager, external-secrets, KEDA's HTTP add-on and Google's managed
// Prometheus, as their own definitions have them.

type Schema = { readonly [key: string]: unknown };

const text: Schema = { type: "string", minLength: 1 };
const whole: Schema = { type: "integer" };
const hours: Schema = { type: "string", pattern: "^[0-9]+h$" };
const list = (items: Schema): Schema => ({ type: "array", items, minItems: 1 });
const object = (required: Record<string, Schema>, optional: Record<string, Schema> = {}): Schema => ({
  type: "object",
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
const oneOf = (...values: string[]): Schema => ({ enum: values });
const metadata: Schema = object({ name: text }, { namespace: text, labels: { type: "object" }, annotations: { type: "object" } });
const thing = (apiVersion: string, kind: string, spec: Schema): readonly [string, Schema] => [
  `${apiVersion}/${kind}`,
  object({ apiVersion: oneOf(apiVersion), kind: oneOf(kind), metadata, spec }),
];

const reference = object({ name: text });
const issuerRef = object({ name: text, kind: oneOf("Issuer", "ClusterIssuer") });

export const customSchemas: Readonly<Record<string, Schema>> = Object.fromEntries([
  thing("cert-manager.io/v1", "Issuer", {
    oneOf: [
      object({ selfSigned: object({}) }),
      object({ ca: object({ secretName: text }) }),
      object({
        acme: object(
          {
            server: text,
            privateKeySecretRef: reference,
            solvers: list(object({ http01: object({ ingress: object({ ingressClassName: text }) }) })),
          },
          { email: text },
        ),
      }),
    ],
  }),
  thing(
    "cert-manager.io/v1",
    "Certificate",
    object(
      { secretName: text, issuerRef },
      {
        isCA: { type: "boolean" },
        commonName: text,
        dnsNames: list(text),
        duration: hours,
        renewBefore: hours,
        usages: list(oneOf("digital signature", "server auth", "client auth")),
        privateKey: object(
          { algorithm: oneOf("RSA", "ECDSA", "Ed25519"), size: whole },
          { rotationPolicy: oneOf("Never", "Always") },
        ),
      },
    ),
  ),
  thing(
    "external-secrets.io/v1",
    "ExternalSecret",
    object({
      refreshInterval: { type: "string", pattern: "^[0-9]+[smh]$" },
      secretStoreRef: object({ kind: oneOf("SecretStore", "ClusterSecretStore"), name: text }),
      target: object({
        name: text,
        creationPolicy: oneOf("Owner", "Orphan", "Merge", "None"),
        deletionPolicy: oneOf("Retain", "Delete", "Merge"),
      }),
      data: list(object({ secretKey: { type: "string", pattern: "^[-._a-zA-Z0-9]+$" }, remoteRef: object({ key: text }) })),
    }),
  ),
  thing(
    "external-secrets.io/v1",
    "SecretStore",
    object({
      provider: {
        oneOf: [
          object({
            gcpsm: object({
              projectID: text,
              auth: object({
                workloadIdentity: object({ serviceAccountRef: reference }, { clusterLocation: text, clusterName: text }),
              }),
            }),
          }),
          object({ aws: object({ service: oneOf("SecretsManager", "ParameterStore"), region: text }) }),
          object({ azurekv: object({ authType: oneOf("WorkloadIdentity"), vaultUrl: text, serviceAccountRef: reference }) }),
          object({
            vault: object({
              server: text,
              path: text,
              version: oneOf("v1", "v2"),
              auth: object({ kubernetes: object({ mountPath: text, role: text, serviceAccountRef: reference }) }),
            }),
          }),
        ],
      },
    }),
  ),
  thing(
    "http.keda.sh/v1beta1",
    "InterceptorRoute",
    object({
      target: object({ service: text, port: whole }),
      rules: list(object({ hosts: list(text) })),
      scalingMetric: object({ concurrency: object({ targetValue: whole }) }),
    }),
  ),
  thing(
    "keda.sh/v1alpha1",
    "ScaledObject",
    object({
      scaleTargetRef: object({ name: text, kind: text, apiVersion: text }),
      minReplicaCount: whole,
      maxReplicaCount: whole,
      cooldownPeriod: whole,
      triggers: list({
        oneOf: [
          object({ type: oneOf("external-push"), metadata: object({ scalerAddress: text, interceptorRoute: text }) }),
          object({ type: oneOf("cpu"), metricType: oneOf("Utilization"), metadata: object({ value: text }) }),
        ],
      }),
    }),
  ),
  thing(
    "monitoring.googleapis.com/v1",
    "PodMonitoring",
    object({
      selector: object({ matchLabels: { type: "object" } }),
      endpoints: list(
        object({
          port: { type: ["integer", "string"] },
          path: text,
          interval: text,
          // https://github.com/GoogleCloudPlatform/prometheus-engine/blob/main/doc/api.md#relabelingrule
          metricRelabeling: list(object({ targetLabel: text, replacement: text, action: { enum: ["replace"] } })),
        }),
      ),
    }),
  ),
]);
