# Written by Gantry from the spec: change that, and run `gantry synth`.

module "ingress" {
  source = "../modules/ingress"

  image               = "registry.k8s.io/ingress-nginx/controller:v1.13.3"
  service_annotations = module.load_balancer.service_annotations
}

module "planner" {
  source = "../modules/planner"

  namespace = module.minio.namespace
  secrets   = ["minio-root", "minio-service"]
}

module "storage_class" {
  source = "../modules/storage_class"

  provisioner = "ebs.csi.aws.com"
  parameters = {
    type      = "gp3"
    encrypted = "true"
    kmsKeyId  = module.encryption.key_arn
  }
}

module "minio" {
  source = "../modules/minio"

  namespace     = "minio"
  storage_class = module.storage_class.name
  size          = var.minio.size
  replicas      = var.minio.replicas
  image         = var.minio.image
  client_image  = var.minio.client_image

  root_secret_name    = "minio-root"
  service_secret_name = "minio-service"
  tls_secret_name     = "minio-tls"

  buckets = {
    evidence = {
      old_versions_days  = 90
      archive_after_days = 365
    }
  }
  archive = {
    kind     = "s3"
    bucket   = module.archive.name
    endpoint = "https://s3.${var.region}.amazonaws.com"
    region   = var.region
  }

  client_namespaces = ["ai-governance", "monitoring"]
}

# Read while Terraform runs, and passed on to the cluster alone: no state holds them.
ephemeral "aws_secretsmanager_secret_version" "minio" {
  for_each = toset(["minio-root-password", "minio-access-key", "minio-secret-key"])

  secret_id = module.secrets.arns[each.key]
}

resource "aws_secretsmanager_secret_version" "minio_url" {
  secret_id     = module.secrets.arns["minio-url"]
  secret_string = module.minio.url
}

resource "kubernetes_secret_v1" "minio_root" {
  metadata {
    name      = "minio-root"
    namespace = module.minio.namespace
  }

  data_wo = {
    rootUser     = "root"
    rootPassword = ephemeral.aws_secretsmanager_secret_version.minio["minio-root-password"].secret_string
  }
  data_wo_revision = 1
}

resource "kubernetes_secret_v1" "minio_service" {
  metadata {
    name      = "minio-service"
    namespace = module.minio.namespace
  }

  data_wo = {
    accessKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-access-key"].secret_string
    secretKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-secret-key"].secret_string
  }
  data_wo_revision = 1
}
