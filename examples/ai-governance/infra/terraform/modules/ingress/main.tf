# Written by Gantry from the spec: change that, and run `gantry synth`.

# The ingress controller: the class that Ingress objects name, two pods and more in different zones, and the load balancer before
# them. Certificates come from cert-manager, which has types of its own: those are installed beside this, not by Terraform.

locals {
  labels = {
    "app.kubernetes.io/name"       = "ingress-nginx"
    "app.kubernetes.io/component"  = "controller"
    "app.kubernetes.io/managed-by" = "terraform"
  }
  selector = {
    "app.kubernetes.io/name"      = "ingress-nginx"
    "app.kubernetes.io/component" = "controller"
  }

  controller = "k8s.io/ingress-nginx"
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = var.namespace
    labels = {
      # The controller binds ports 80 and 443 with one capability, which the restricted profile allows.
      "pod-security.kubernetes.io/enforce" = "restricted"
    }
  }
}

resource "kubernetes_ingress_class_v1" "this" {
  metadata {
    name   = var.class_name
    labels = local.labels
  }

  spec {
    controller = local.controller
  }
}

resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }
}

# It reads what it routes to in every namespace, and writes the address into Ingress objects.
resource "kubernetes_cluster_role_v1" "this" {
  metadata {
    name   = "ingress-nginx"
    labels = local.labels
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps", "endpoints", "nodes", "pods", "secrets", "namespaces"]
    verbs      = ["list", "watch"]
  }

  rule {
    api_groups = [""]
    resources  = ["nodes"]
    verbs      = ["get"]
  }

  rule {
    api_groups = [""]
    resources  = ["services"]
    verbs      = ["get", "list", "watch"]
  }

  rule {
    api_groups = [""]
    resources  = ["events"]
    verbs      = ["create", "patch"]
  }

  rule {
    api_groups = ["networking.k8s.io"]
    resources  = ["ingresses", "ingressclasses"]
    verbs      = ["get", "list", "watch"]
  }

  rule {
    api_groups = ["networking.k8s.io"]
    resources  = ["ingresses/status"]
    verbs      = ["update"]
  }

  rule {
    api_groups = ["discovery.k8s.io"]
    resources  = ["endpointslices"]
    verbs      = ["get", "list", "watch"]
  }

  rule {
    api_groups = ["coordination.k8s.io"]
    resources  = ["leases"]
    verbs      = ["list", "watch"]
  }
}

resource "kubernetes_cluster_role_binding_v1" "this" {
  metadata {
    name   = "ingress-nginx"
    labels = local.labels
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = kubernetes_cluster_role_v1.this.metadata[0].name
  }

  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.this.metadata[0].name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }
}

# Its own settings, and which of its pods leads.
resource "kubernetes_role_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps", "pods", "secrets", "endpoints"]
    verbs      = ["get", "list", "watch"]
  }

  rule {
    api_groups     = ["coordination.k8s.io"]
    resources      = ["leases"]
    resource_names = ["ingress-nginx-leader"]
    verbs          = ["get", "update"]
  }

  rule {
    api_groups = ["coordination.k8s.io"]
    resources  = ["leases"]
    verbs      = ["create"]
  }
}

resource "kubernetes_role_binding_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.this.metadata[0].name
  }

  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.this.metadata[0].name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
  }
}

resource "kubernetes_config_map_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  data = merge({
    "allow-snippet-annotations" = "false" # an Ingress is not to bring configuration of its own
    "annotations-risk-level"    = "High"
    "hsts-max-age"              = "31536000"
    "ssl-protocols"             = "TLSv1.2 TLSv1.3"
    "ssl-redirect"              = "true"
    "server-tokens"             = "false"
  }, var.settings)
}

resource "kubernetes_service_v1" "this" {
  metadata {
    name        = "ingress-nginx"
    namespace   = kubernetes_namespace_v1.this.metadata[0].name
    labels      = local.labels
    annotations = var.service_annotations
  }

  spec {
    type                    = "LoadBalancer"
    selector                = local.selector
    external_traffic_policy = "Local" # the caller's address stays what it is

    port {
      name        = "http"
      port        = 80
      target_port = "http"
    }

    port {
      name        = "https"
      port        = 443
      target_port = "https"
    }
  }
}

resource "kubernetes_deployment_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    replicas = var.replicas

    selector {
      match_labels = local.selector
    }

    strategy {
      type = "RollingUpdate"

      rolling_update {
        max_unavailable = "0"
        max_surge       = "1"
      }
    }

    template {
      metadata {
        labels      = local.labels
        annotations = { settings = sha256(jsonencode(kubernetes_config_map_v1.this.data)) }
      }

      spec {
        service_account_name             = kubernetes_service_account_v1.this.metadata[0].name
        enable_service_links             = false
        termination_grace_period_seconds = 300

        security_context {
          run_as_non_root = true

          seccomp_profile {
            type = "RuntimeDefault"
          }
        }

        topology_spread_constraint {
          max_skew           = 1
          topology_key       = "topology.kubernetes.io/zone"
          when_unsatisfiable = "ScheduleAnyway"

          label_selector {
            match_labels = local.selector
          }
        }

        container {
          name  = "controller"
          image = var.image
          args = [
            "/nginx-ingress-controller",
            "--publish-service=$(POD_NAMESPACE)/ingress-nginx",
            "--election-id=ingress-nginx-leader",
            "--controller-class=${local.controller}",
            "--ingress-class=${kubernetes_ingress_class_v1.this.metadata[0].name}",
            "--configmap=$(POD_NAMESPACE)/ingress-nginx",
          ]

          env {
            name = "POD_NAME"
            value_from {
              field_ref {
                field_path = "metadata.name"
              }
            }
          }

          env {
            name = "POD_NAMESPACE"
            value_from {
              field_ref {
                field_path = "metadata.namespace"
              }
            }
          }

          port {
            name           = "http"
            container_port = 80
          }

          port {
            name           = "https"
            container_port = 443
          }

          port {
            name           = "metrics"
            container_port = 10254
          }

          resources {
            requests = {
              cpu    = "100m"
              memory = "256Mi"
            }
            limits = {
              memory = "512Mi"
            }
          }

          # 101 is the image's own user.
          security_context {
            run_as_non_root            = true
            run_as_user                = 101
            run_as_group               = 82
            allow_privilege_escalation = false

            capabilities {
              drop = ["ALL"]
              add  = ["NET_BIND_SERVICE"]
            }
          }

          # Traffic that is under way is served to its end.
          lifecycle {
            pre_stop {
              exec {
                command = ["/wait-shutdown"]
              }
            }
          }

          liveness_probe {
            initial_delay_seconds = 10
            failure_threshold     = 5

            http_get {
              path = "/healthz"
              port = 10254
            }
          }

          readiness_probe {
            initial_delay_seconds = 10

            http_get {
              path = "/healthz"
              port = 10254
            }
          }
        }
      }
    }
  }

  wait_for_rollout = false
}

resource "kubernetes_pod_disruption_budget_v1" "this" {
  metadata {
    name      = "ingress-nginx"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    max_unavailable = "1"

    selector {
      match_labels = local.selector
    }
  }
}
