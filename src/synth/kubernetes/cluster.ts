/** What the cluster brings, and where it lives there. Terraform installs it. */
export const cluster = {
  ingress: { namespace: "ingress-nginx", className: "nginx" },
  monitoring: { namespace: "monitoring" },
  minio: { namespace: "minio" },
  keda: { namespace: "keda" },
} as const;
