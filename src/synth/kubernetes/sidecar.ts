import { reloadScript, sidecarTemplate } from "../nginx.ts";
import type { Fields } from "./manifest.ts";
import { confined, executable, reloadMount } from "./pod.ts";
import { nginxImage, nginxUserId, tlsPort } from "./workload.ts";

/** What the sidecar runs. */
export const sidecarMap = {
  name: "tls-sidecar",
  files: { "default.conf.template": sidecarTemplate(tlsPort), "reload.sh": reloadScript },
} as const;

/** Put into every deployment that is labelled for it, so that it stands once. It starts before the service and ends after it. */
export function sidecarPatch(): Fields {
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "every-one-labelled-for-it" },
    spec: {
      template: {
        spec: {
          initContainers: [
            {
              name: "tls",
              image: nginxImage,
              restartPolicy: "Always",
              ports: [{ name: "https", containerPort: tlsPort }],
              env: [
                { name: "UPSTREAM_PORT", valueFrom: { fieldRef: { fieldPath: "metadata.annotations['tls-sidecar/port']" } } },
              ],
              startupProbe: { tcpSocket: { port: "https" }, periodSeconds: 2, failureThreshold: 30 },
              resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { cpu: "250m", memory: "64Mi" } },
              securityContext: { ...confined, runAsUser: nginxUserId, runAsGroup: nginxUserId },
              volumeMounts: [
                { name: "tls-tmp", mountPath: "/tmp" },
                { name: "tls-conf", mountPath: "/etc/nginx/conf.d" },
                { name: "tls-sidecar", mountPath: "/etc/nginx/templates", readOnly: true },
                reloadMount("tls-sidecar"),
                { name: "tls", mountPath: "/tls", readOnly: true },
              ],
            },
          ],
          volumes: [
            { name: "tls-tmp", emptyDir: {} },
            { name: "tls-conf", emptyDir: {} },
            { name: "tls-sidecar", configMap: { name: "tls-sidecar", defaultMode: executable } },
          ],
        },
      },
    },
  };
}
