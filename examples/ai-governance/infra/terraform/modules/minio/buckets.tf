# Written by Gantry from the spec: change that, and run `gantry synth`.

locals {
  life_cycles = {
    for name, bucket in var.buckets : "${name}.json" => jsonencode({
      Rules = concat(
        bucket.old_versions_days == null ? [] : [{
          ID                          = "old-versions"
          Status                      = "Enabled"
          NoncurrentVersionExpiration = { NoncurrentDays = bucket.old_versions_days }
        }],
        bucket.archive_after_days == null ? [] : [{
          ID         = "archive"
          Status     = "Enabled"
          Transition = { Days = bucket.archive_after_days, StorageClass = "ARCHIVE" }
        }],
        bucket.delete_after_days == null ? [] : [{
          ID         = "delete"
          Status     = "Enabled"
          Expiration = { Days = bucket.delete_after_days }
        }],
      )
    })
  }

  archive_secret = var.archive == null ? null : var.archive.secret_name

  service_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect   = "Allow"
        Action   = ["s3:ListBucket", "s3:GetBucketLocation", "s3:GetLifecycleConfiguration"]
        Resource = [for name in keys(var.buckets) : "arn:aws:s3:::${name}"]
      },
      {
        Effect   = "Allow"
        Action   = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload"]
        Resource = [for name in keys(var.buckets) : "arn:aws:s3:::${name}/*"]
      },
    ]
  })

  copier_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect = "Allow"
        Action = [
          "s3:GetReplicationConfiguration", "s3:ListBucket", "s3:ListBucketMultipartUploads", "s3:GetBucketLocation",
          "s3:GetBucketVersioning", "s3:GetBucketObjectLockConfiguration", "s3:GetEncryptionConfiguration",
        ]
        Resource = [for name in keys(var.buckets) : "arn:aws:s3:::${name}"]
      },
      {
        Effect = "Allow"
        Action = [
          "s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags", "s3:GetObject", "s3:GetObjectVersion",
          "s3:GetObjectVersionTagging", "s3:PutObject", "s3:DeleteObject", "s3:AbortMultipartUpload",
        ]
        Resource = [for name in keys(var.buckets) : "arn:aws:s3:::${name}/*"]
      },
    ]
  })

  # Each with a policy of its own, and a user that has it.
  users = merge(
    { services = { policy = local.service_policy, prefix = "SERVICE" } },
    var.copier_secret_name == null ? {} : { copier = { policy = local.copier_policy, prefix = "COPIER" } },
  )

  set_up = templatefile("${path.module}/set-up.sh.tftpl", {
    url         = local.url
    buckets     = var.buckets
    archive     = var.archive
    users       = { for name, user in local.users : name => { name = format("$%s_USER", user.prefix), password = format("$%s_PASSWORD", user.prefix) } }
    replicate   = [for name, bucket in var.buckets : name if bucket.replicate]
    replica_url = var.replicate_to == null ? null : var.replicate_to.url
  })

  set_up_files = merge(local.life_cycles, { for name, user in local.users : "policy-${name}.json" => user.policy }, { "set-up.sh" = local.set_up })

  # Each file of credentials as environment variables: the prefix, the secret, and its two keys.
  credentials = concat(
    [
      { prefix = "ROOT", secret = var.root_secret_name, user = "rootUser", password = "rootPassword" },
      { prefix = "SERVICE", secret = var.service_secret_name, user = "accessKey", password = "secretKey" },
    ],
    var.copier_secret_name == null ? [] : [
      { prefix = "COPIER", secret = var.copier_secret_name, user = "accessKey", password = "secretKey" },
    ],
    local.archive_secret == null ? [] : [
      { prefix = "ARCHIVE", secret = local.archive_secret, user = "accessKey", password = "secretKey" },
    ],
    var.replicate_to == null ? [] : [
      { prefix = "REPLICA", secret = var.replicate_to.secret_name, user = "accessKey", password = "secretKey" },
    ],
  )
}

resource "kubernetes_config_map_v1" "set_up" {
  metadata {
    name      = "${var.name}-set-up"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  data = local.set_up_files
}

# What is inside MinIO is no resource of a cloud's: a job sets it up, again and again the same. A changed file makes a new job.
resource "kubernetes_job_v1" "set_up" {
  metadata {
    name      = "${var.name}-set-up-${substr(sha256(jsonencode(local.set_up_files)), 0, 8)}"
    namespace = kubernetes_namespace_v1.this.metadata[0].name
    labels    = local.labels
  }

  spec {
    backoff_limit = 20

    template {
      metadata {
        labels = merge(local.labels, { "app.kubernetes.io/name" = "minio-set-up" })
      }

      spec {
        service_account_name            = kubernetes_service_account_v1.this.metadata[0].name
        automount_service_account_token = false
        enable_service_links            = false
        restart_policy                  = "OnFailure"

        security_context {
          run_as_non_root = true
          run_as_user     = 1000
          run_as_group    = 1000
          fs_group        = 1000

          seccomp_profile {
            type = "RuntimeDefault"
          }
        }

        container {
          name    = "mc"
          image   = var.client_image
          command = ["/bin/sh", "/set-up/set-up.sh"]

          dynamic "env" {
            for_each = merge([
              for one in local.credentials : {
                "${one.prefix}_USER"     = { secret = one.secret, key = one.user }
                "${one.prefix}_PASSWORD" = { secret = one.secret, key = one.password }
              }
            ]...)
            content {
              name = env.key
              value_from {
                secret_key_ref {
                  name = env.value.secret
                  key  = env.value.key
                }
              }
            }
          }

          env {
            name  = "MC_CONFIG_DIR"
            value = "/tmp/mc"
          }

          resources {
            requests = {
              cpu    = "50m"
              memory = "128Mi"
            }
            limits = {
              memory = "256Mi"
            }
          }

          security_context {
            allow_privilege_escalation = false
            read_only_root_filesystem  = true

            capabilities {
              drop = ["ALL"]
            }
          }

          volume_mount {
            name       = "set-up"
            mount_path = "/set-up"
            read_only  = true
          }

          volume_mount {
            name       = "certificates"
            mount_path = "/tmp/mc/certs/CAs"
            read_only  = true
          }

          volume_mount {
            name       = "scratch"
            mount_path = "/tmp"
          }
        }

        volume {
          name = "set-up"

          config_map {
            name = kubernetes_config_map_v1.set_up.metadata[0].name
          }
        }

        volume {
          name = "certificates"

          secret {
            secret_name = var.tls_secret_name

            items {
              key  = "ca.crt"
              path = "ca.crt"
            }
          }
        }

        volume {
          name = "scratch"

          empty_dir {
            size_limit = "64Mi"
          }
        }
      }
    }
  }

  wait_for_completion = false
}
