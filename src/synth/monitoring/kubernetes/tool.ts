import { type Fields, type Manifest, manifest } from "../../kubernetes/manifest.ts";
import { confined } from "../../kubernetes/pod.ts";

/** Files of a config map, put where the tool reads them. */
type Mount = { readonly map: string; readonly at: string };

export type Tool = {
  readonly name: string;
  readonly image: string;
  readonly user: number;
  readonly port: number;
  readonly args?: readonly string[];
  readonly env?: readonly Fields[];
  readonly maps?: readonly Mount[];
  /** A secret, as files. */
  readonly secret?: { readonly name: string; readonly at: string };
  /** What it keeps when it starts anew. */
  readonly state?: { readonly at: string; readonly size: string };
  readonly account?: string;
  readonly ready?: string;
  readonly cpu?: string;
  readonly memory?: string;
  /** Other names and ports that it is reached by. */
  readonly also?: readonly { readonly name: string; readonly port: number }[];
};

/** A tool as one pod, its service, and its disk where it has one. */
export function toolObjects(tool: Tool): readonly Manifest[] {
  const { name, port, state, also = [] } = tool;
  const labels = { "app.kubernetes.io/name": name };
  const service = (as: string, at: number) =>
    manifest("v1", "Service", as, { spec: { selector: labels, ports: [{ name: "http", port: at, targetPort: "http" }] } });
  return [
    ...(state === undefined
      ? []
      : [
          manifest("v1", "PersistentVolumeClaim", name, {
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: state.size } } },
          }),
        ]),
    manifest("apps/v1", "Deployment", name, {
      spec: {
        replicas: 1,
        // Two at once would write to one disk.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: pod(tool) },
      },
    }),
    service(name, port),
    ...also.map((one) => service(one.name, one.port)),
  ];
}

function pod(tool: Tool): Fields {
  const { name, image, user, port, args, env, maps = [], secret, state, account, ready = "/-/ready" } = tool;
  const { cpu = "100m", memory = "128Mi" } = tool;
  const given = { cpu, memory };
  return {
    ...(account === undefined ? {} : { serviceAccountName: account }),
    automountServiceAccountToken: account !== undefined,
    enableServiceLinks: false,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: user,
      runAsGroup: user,
      fsGroup: user,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name,
        image,
        ...(args === undefined ? {} : { args: [...args] }),
        ...(env === undefined ? {} : { env: [...env] }),
        ports: [{ name: "http", containerPort: port }],
        readinessProbe: { httpGet: { path: ready, port: "http" } },
        resources: { requests: given, limits: given },
        securityContext: confined,
        volumeMounts: [
          { name: "tmp", mountPath: "/tmp" },
          ...maps.map(({ map, at }) => ({ name: map, mountPath: at, readOnly: true })),
          ...(secret === undefined ? [] : [{ name: "secrets", mountPath: secret.at, readOnly: true }]),
          ...(state === undefined ? [] : [{ name: "state", mountPath: state.at }]),
        ],
      },
    ],
    volumes: [
      { name: "tmp", emptyDir: {} },
      ...maps.map(({ map }) => ({ name: map, configMap: { name: map } })),
      ...(secret === undefined ? [] : [{ name: "secrets", secret: { secretName: secret.name } }]),
      ...(state === undefined ? [] : [{ name: "state", persistentVolumeClaim: { claimName: name } }]),
    ],
  };
}
