/** What the cluster brings, and where it lives there. Terraform installs it. */
export const cluster = {
  ingress: { namespace: "ingress-nginx", className: "nginx" },
  monitoring: { namespace: "monitoring" },
  minio: { namespace: "minio" },
  keda: { namespace: "keda" },
  /** Where GKE's collectors of metrics are. */
  collectors: { namespace: "gke-gmp-system" },
} as const;
