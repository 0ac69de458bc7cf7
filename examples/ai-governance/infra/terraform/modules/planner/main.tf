# Written by Gantry from the spec: change that, and run `gantry synth`.

# What a plan reads in the cluster: the kinds of things that Terraform makes there, and of secrets those few that it makes itself.

resource "kubernetes_cluster_role_v1" "this" {
  metadata {
    name = var.group
  }

  dynamic "rule" {
    for_each = {
      ""                          = ["configmaps", "namespaces", "serviceaccounts", "services"]
      "apps"                      = ["deployments", "statefulsets"]
      "batch"                     = ["jobs"]
      "networking.k8s.io"         = ["ingressclasses", "networkpolicies"]
      "policy"                    = ["poddisruptionbudgets"]
      "rbac.authorization.k8s.io" = ["clusterrolebindings", "clusterroles", "rolebindings", "roles"]
      "storage.k8s.io"            = ["storageclasses"]
    }
    content {
      api_groups = [rule.key]
      resources  = rule.value
      verbs      = ["get", "list"]
    }
  }
}

resource "kubernetes_cluster_role_binding_v1" "this" {
  metadata {
    name = var.group
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role_v1.this.metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = var.group
  }
}

resource "kubernetes_role_v1" "secrets" {
  count = length(var.secrets) == 0 ? 0 : 1

  metadata {
    name      = var.group
    namespace = var.namespace
  }

  rule {
    api_groups     = [""]
    resources      = ["secrets"]
    resource_names = var.secrets
    verbs          = ["get"]
  }
}

resource "kubernetes_role_binding_v1" "secrets" {
  count = length(var.secrets) == 0 ? 0 : 1

  metadata {
    name      = var.group
    namespace = var.namespace
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.secrets[0].metadata[0].name
  }

  subject {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Group"
    name      = var.group
  }
}
