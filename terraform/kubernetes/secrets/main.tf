# Secrets for what Terraform itself runs in the cluster. Services get theirs from the vault, by an identity of their own.

resource "kubernetes_secret_v1" "this" {
  for_each = toset(nonsensitive(keys(var.secrets)))

  metadata {
    name      = each.key
    namespace = var.namespace
  }

  data = var.secrets[each.key]
}
