locals {
  tls_names = concat([
    "${var.name}.${var.namespace}.svc.cluster.local",
    "${var.name}.${var.namespace}.svc",
    "*.${local.peers}.${var.namespace}.svc.cluster.local",
    "localhost", # what people and scripts call at their end of kubectl port-forward
  ], var.outside_names)

  # Two regions that copy from one another trust one authority, which is given; a single one makes its own.
  own_authority = var.authority_secret_name == null
  authority     = local.own_authority ? "${var.name}-ca" : var.authority_secret_name

  # The types are cert-manager's: Terraform could plan them only once they are in the cluster.
  certificate = join("---\n", [for object in [
    {
      kind   = "Issuer"
      name   = "${var.name}-self-signed"
      wanted = local.own_authority
      spec   = { selfSigned = {} }
    },
    {
      kind   = "Certificate"
      name   = local.authority
      wanted = local.own_authority
      spec = {
        isCA       = true
        commonName = local.authority
        secretName = local.authority
        duration   = "87600h"
        privateKey = { algorithm = "ECDSA", size = 256 }
        issuerRef  = { kind = "Issuer", name = "${var.name}-self-signed" }
      }
    },
    {
      kind   = "Issuer"
      name   = local.authority
      wanted = true
      spec   = { ca = { secretName = local.authority } }
    },
    {
      kind   = "Certificate"
      name   = var.tls_secret_name
      wanted = true
      spec = {
        secretName  = var.tls_secret_name
        dnsNames    = local.tls_names
        duration    = "2160h"
        renewBefore = "720h"
        privateKey  = { algorithm = "ECDSA", size = 256, rotationPolicy = "Always" }
        issuerRef   = { kind = "Issuer", name = local.authority }
      }
    },
    ] : yamlencode({
      apiVersion = "cert-manager.io/v1"
      kind       = object.kind
      metadata   = { name = object.name, namespace = var.namespace }
      spec       = object.spec
  }) if object.wanted])
}
