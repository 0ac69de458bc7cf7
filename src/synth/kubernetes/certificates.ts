import { type Manifest, manifest } from "./manifest.ts";
import { tlsSecret } from "./pod.ts";
import type { Workload } from "./workload.ts";

const authority = "internal-ca";
const ecdsa = { algorithm: "ECDSA", size: 256 };

/** An authority of the namespace's own, which signs what services show each other. */
export function certificateAuthority(): readonly Manifest[] {
  return [
    manifest("cert-manager.io/v1", "Issuer", "self-signed", { spec: { selfSigned: {} } }),
    manifest("cert-manager.io/v1", "Certificate", authority, {
      spec: {
        isCA: true,
        commonName: authority,
        secretName: authority,
        duration: "87600h",
        privateKey: ecdsa,
        issuerRef: { kind: "Issuer", name: "self-signed" },
      },
    }),
    manifest("cert-manager.io/v1", "Issuer", authority, { spec: { ca: { secretName: authority } } }),
  ];
}

export function certificate({ name, tls }: Workload): readonly Manifest[] {
  if (tls === "none") return [];
  return [
    manifest("cert-manager.io/v1", "Certificate", name, {
      spec: {
        secretName: tlsSecret(name),
        dnsNames: [name],
        duration: "2160h",
        renewBefore: "720h",
        privateKey: { ...ecdsa, rotationPolicy: "Always" },
        usages: ["digital signature", "server auth", "client auth"],
        issuerRef: { kind: "Issuer", name: authority },
      },
    }),
  ];
}
