# In: the services, the pods of MinIO themselves, and the other region. Out: names, each other, the other region, and the archive.
resource "kubernetes_network_policy_v1" "this" {
  metadata {
    name      = var.name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    policy_types = ["Ingress", "Egress"]

    pod_selector {
      match_labels = { "app.kubernetes.io/instance" = var.name }
    }

    ingress {
      ports {
        port = "https"
      }

      from {
        pod_selector {
          match_labels = { "app.kubernetes.io/instance" = var.name }
        }
      }

      from {
        namespace_selector {
          match_expressions {
            key      = "kubernetes.io/metadata.name"
            operator = "In"
            values   = var.client_namespaces
          }
        }
      }

      dynamic "from" {
        for_each = var.peer_ranges
        content {
          ip_block {
            cidr = from.value
          }
        }
      }
    }

    egress {
      ports {
        port     = 53
        protocol = "UDP"
      }

      ports {
        port     = 53
        protocol = "TCP"
      }

      to {
        namespace_selector {
          match_labels = { "kubernetes.io/metadata.name" = "kube-system" }
        }
      }
    }

    egress {
      ports {
        port = local.port
      }

      to {
        pod_selector {
          match_labels = { "app.kubernetes.io/instance" = var.name }
        }
      }

      dynamic "to" {
        for_each = var.peer_ranges
        content {
          ip_block {
            cidr = to.value
          }
        }
      }
    }

    # The archive is a cloud's store: its addresses change, its port does not.
    dynamic "egress" {
      for_each = var.archive == null ? [] : [443]
      content {
        ports {
          port = egress.value
        }
      }
    }

    # EKS hands out roles at an address of the node's own.
    dynamic "egress" {
      for_each = var.archive != null && local.archive_secret == null ? [80] : []
      content {
        ports {
          port = egress.value
        }

        to {
          ip_block {
            cidr = "169.254.170.23/32"
          }
        }
      }
    }
  }
}
