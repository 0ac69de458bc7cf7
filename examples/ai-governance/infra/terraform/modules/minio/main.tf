# Written by Gantry from the spec: change that, and run `gantry synth`.

# MinIO over a set of disks in several zones: TLS to everybody, objects encrypted before they reach a disk, buckets with their versions
# and life cycles, a user for the services that can do no more than they need, and a copy in another region.

locals {
  labels = {
    "app.kubernetes.io/name"       = "minio"
    "app.kubernetes.io/instance"   = var.name
    "app.kubernetes.io/managed-by" = "terraform"
  }
  selector = {
    "app.kubernetes.io/name"     = "minio"
    "app.kubernetes.io/instance" = var.name
  }

  port  = 9000
  peers = "${var.name}-peers"
  # Every pod has to be told the same list of all of them.
  volumes = "https://${var.name}-{0...${var.replicas - 1}}.${local.peers}.${var.namespace}.svc.cluster.local:${local.port}/data"
  url     = "https://${var.name}.${var.namespace}.svc.cluster.local:${local.port}"
}

resource "kubernetes_namespace_v1" "this" {
  metadata {
    name = var.namespace
    labels = merge(local.labels, {
      "pod-security.kubernetes.io/enforce" = "restricted"
    })
  }
}

resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = var.name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  automount_service_account_token = false
}

resource "kubernetes_service_v1" "this" {
  metadata {
    name      = var.name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    selector = local.selector

    port {
      name        = "https"
      port        = local.port
      target_port = "https"
    }
  }
}

# Names for single pods. They have to resolve before the pods are ready: none gets ready alone.
resource "kubernetes_service_v1" "peers" {
  metadata {
    name      = local.peers
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    cluster_ip                  = "None"
    publish_not_ready_addresses = true
    selector                    = local.selector

    port {
      name        = "https"
      port        = local.port
      target_port = "https"
    }
  }
}

resource "kubernetes_service_v1" "internal" {
  count = var.internal_load_balancer == null ? 0 : 1

  metadata {
    name        = "${var.name}-internal"
    namespace   = kubernetes_namespace_v1.this.metadata[0].name
    labels      = local.labels
    annotations = var.internal_load_balancer.annotations
  }

  spec {
    type                        = "LoadBalancer"
    selector                    = local.selector
    external_traffic_policy     = "Local" # otherwise callers come with a node's address, and the network policy can not tell them apart
    load_balancer_source_ranges = var.peer_ranges

    port {
      name        = "https"
      port        = local.port
      target_port = "https"
    }
  }
}

resource "kubernetes_stateful_set_v1" "this" {
  metadata {
    name      = var.name
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    service_name          = kubernetes_service_v1.peers.metadata[0].name
    replicas              = var.replicas
    pod_management_policy = "Parallel"

    selector {
      match_labels = local.selector
    }

    update_strategy {
      type = "RollingUpdate"
    }

    # The disks are the data: neither fewer replicas nor a deleted set takes them along.
    persistent_volume_claim_retention_policy {
      when_deleted = "Retain"
      when_scaled  = "Retain"
    }

    template {
      metadata {
        labels = local.labels
      }

      spec {
        service_account_name             = kubernetes_service_account_v1.this.metadata[0].name
        automount_service_account_token  = false
        enable_service_links             = false
        termination_grace_period_seconds = 60

        security_context {
          run_as_non_root        = true
          run_as_user            = 1000
          run_as_group           = 1000
          fs_group               = 1000
          fs_group_change_policy = "OnRootMismatch"

          seccomp_profile {
            type = "RuntimeDefault"
          }
        }

        topology_spread_constraint {
          max_skew           = 1
          topology_key       = "topology.kubernetes.io/zone"
          when_unsatisfiable = "DoNotSchedule"

          label_selector {
            match_labels = local.selector
          }
        }

        topology_spread_constraint {
          max_skew           = 1
          topology_key       = "kubernetes.io/hostname"
          when_unsatisfiable = "ScheduleAnyway"

          label_selector {
            match_labels = local.selector
          }
        }

        container {
          name  = "minio"
          image = var.image
          args  = ["server", "--address", ":${local.port}", "--certs-dir", "/certs"]

          port {
            name           = "https"
            container_port = local.port
          }

          env {
            name  = "MINIO_VOLUMES"
            value = local.volumes
          }

          env {
            name = "MINIO_ROOT_USER"
            value_from {
              secret_key_ref {
                name = var.root_secret_name
                key  = "rootUser"
              }
            }
          }

          env {
            name = "MINIO_ROOT_PASSWORD"
            value_from {
              secret_key_ref {
                name = var.root_secret_name
                key  = "rootPassword"
              }
            }
          }

          env {
            name  = "MINIO_BROWSER"
            value = "off"
          }

          # Metrics need no token: the network policy says who reaches them.
          env {
            name  = "MINIO_PROMETHEUS_AUTH_TYPE"
            value = "public"
          }

          dynamic "env" {
            for_each = var.encryption_secret_name == null ? [] : [var.encryption_secret_name]
            content {
              name = "MINIO_KMS_SECRET_KEY"
              value_from {
                secret_key_ref {
                  name = env.value
                  key  = "key"
                }
              }
            }
          }

          dynamic "env" {
            for_each = var.encryption_secret_name == null ? [] : ["on"]
            content {
              name  = "MINIO_KMS_AUTO_ENCRYPTION"
              value = env.value
            }
          }

          resources {
            requests = {
              cpu    = var.cpu
              memory = var.memory
            }
            limits = {
              memory = var.memory
            }
          }

          security_context {
            allow_privilege_escalation = false
            read_only_root_filesystem  = true

            capabilities {
              drop = ["ALL"]
            }
          }

          # A cluster that is coming up answers after all its disks have been looked through.
          startup_probe {
            period_seconds    = 10
            failure_threshold = 60

            http_get {
              path   = "/minio/health/live"
              port   = "https"
              scheme = "HTTPS"
            }
          }

          liveness_probe {
            period_seconds    = 15
            timeout_seconds   = 5
            failure_threshold = 4

            http_get {
              path   = "/minio/health/live"
              port   = "https"
              scheme = "HTTPS"
            }
          }

          readiness_probe {
            period_seconds  = 10
            timeout_seconds = 5

            http_get {
              path   = "/minio/health/ready"
              port   = "https"
              scheme = "HTTPS"
            }
          }

          volume_mount {
            name       = "data"
            mount_path = "/data"
          }

          volume_mount {
            name       = "certificates"
            mount_path = "/certs"
            read_only  = true
          }

          volume_mount {
            name       = "scratch"
            mount_path = "/tmp"
          }
        }

        # MinIO reads a renewed certificate by itself, under its own names for the files.
        volume {
          name = "certificates"

          secret {
            secret_name  = var.tls_secret_name
            default_mode = "0440"

            items {
              key  = "tls.crt"
              path = "public.crt"
            }

            items {
              key  = "tls.key"
              path = "private.key"
            }

            items {
              key  = "ca.crt"
              path = "CAs/ca.crt"
            }
          }
        }

        volume {
          name = "scratch"

          empty_dir {
            size_limit = "1Gi"
          }
        }
      }
    }

    volume_claim_template {
      metadata {
        name   = "data"
        labels = local.selector
      }

      spec {
        access_modes       = ["ReadWriteOnce"]
        storage_class_name = var.storage_class

        resources {
          requests = {
            storage = var.size
          }
        }
      }
    }
  }

  # The pods wait for their secrets, which the cluster gets only after Terraform is done with it.
  wait_for_rollout = false
}

# One pod at a time: writes go on as long as more than half of the disks are there.
resource "kubernetes_pod_disruption_budget_v1" "this" {
  metadata {
    name      = var.name
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
