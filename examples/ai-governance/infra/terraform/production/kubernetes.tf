# Written by Gantry from the spec: change that, and run `gantry synth`.

module "ingress" {
  source = "../modules/ingress"

  image               = "registry.k8s.io/ingress-nginx/controller:v1.13.3"
  service_annotations = module.load_balancer.service_annotations
}

module "planner" {
  source = "../modules/planner"

  namespace = module.minio.namespace
  secrets   = ["minio-root", "minio-service", "minio-replica", "minio-ca"]
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

  root_secret_name      = "minio-root"
  service_secret_name   = "minio-service"
  tls_secret_name       = "minio-tls"
  authority_secret_name = "minio-ca"

  buckets = {
    evidence = {
      old_versions_days  = 90
      archive_after_days = 365
      replicate          = true
    }
  }
  archive = {
    kind     = "s3"
    bucket   = module.archive.name
    endpoint = "https://s3.${var.region}.amazonaws.com"
    region   = var.region
  }
  replicate_to = {
    url         = "https://minio.production.ai-governance.internal:9000"
    secret_name = "minio-replica"
  }

  client_namespaces = ["ai-governance", "monitoring"]
  peer_ranges       = [var.standby_cidr]
}

# Signs what the two installations show each other.
module "authority" {
  source = "../modules/authority"

  name = "${var.name} MinIO"
}

# Read while Terraform runs, and passed on to the cluster alone: no state holds them.
ephemeral "aws_secretsmanager_secret_version" "minio" {
  for_each = toset(["minio-root-password", "minio-access-key", "minio-secret-key", "minio-copier-password"])

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

resource "kubernetes_secret_v1" "minio_replica" {
  metadata {
    name      = "minio-replica"
    namespace = module.minio.namespace
  }

  data_wo = {
    accessKey = "copier"
    secretKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-copier-password"].secret_string
  }
  data_wo_revision = 1
}

resource "kubernetes_secret_v1" "minio_ca" {
  metadata {
    name      = "minio-ca"
    namespace = module.minio.namespace
  }

  data_wo = {
    "tls.crt" = module.authority.certificate
    "tls.key" = module.authority.key
  }
  data_wo_revision = 1
}

module "ingress_standby" {
  source = "../modules/ingress"

  providers = {
    kubernetes = kubernetes.standby
  }

  image               = "registry.k8s.io/ingress-nginx/controller:v1.13.3"
  service_annotations = module.load_balancer_standby.service_annotations
}

module "planner_standby" {
  source = "../modules/planner"

  providers = {
    kubernetes = kubernetes.standby
  }

  namespace = module.minio_standby.namespace
  secrets   = ["minio-root", "minio-service", "minio-copier", "minio-ca"]
}

module "storage_class_standby" {
  source = "../modules/storage_class"

  providers = {
    kubernetes = kubernetes.standby
  }

  provisioner = "ebs.csi.aws.com"
  parameters = {
    type      = "gp3"
    encrypted = "true"
    kmsKeyId  = module.encryption_standby.key_arn
  }
}

module "minio_standby" {
  source = "../modules/minio"

  providers = {
    kubernetes = kubernetes.standby
  }

  namespace     = "minio"
  storage_class = module.storage_class_standby.name
  size          = var.minio.size
  replicas      = var.minio.replicas
  image         = replace(var.minio.image, var.region, var.standby_region)
  client_image  = replace(var.minio.client_image, var.region, var.standby_region)

  root_secret_name      = "minio-root"
  service_secret_name   = "minio-service"
  tls_secret_name       = "minio-tls"
  authority_secret_name = "minio-ca"
  copier_secret_name    = "minio-copier"

  buckets = {
    evidence = {
      old_versions_days  = 90
      archive_after_days = 365
    }
  }
  archive = {
    kind     = "s3"
    bucket   = module.archive_standby.name
    endpoint = "https://s3.${var.standby_region}.amazonaws.com"
    region   = var.standby_region
  }

  client_namespaces = ["ai-governance", "monitoring"]
  peer_ranges       = [var.cidr]
  outside_names     = ["minio.production.ai-governance.internal"]
  internal_load_balancer = {
    annotations = {
      "service.beta.kubernetes.io/aws-load-balancer-type"     = "nlb"
      "service.beta.kubernetes.io/aws-load-balancer-internal" = "true"
    }
  }
}

resource "kubernetes_secret_v1" "minio_root_standby" {
  provider = kubernetes.standby

  metadata {
    name      = "minio-root"
    namespace = module.minio_standby.namespace
  }

  data_wo = {
    rootUser     = "root"
    rootPassword = ephemeral.aws_secretsmanager_secret_version.minio["minio-root-password"].secret_string
  }
  data_wo_revision = 1
}

resource "kubernetes_secret_v1" "minio_service_standby" {
  provider = kubernetes.standby

  metadata {
    name      = "minio-service"
    namespace = module.minio_standby.namespace
  }

  data_wo = {
    accessKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-access-key"].secret_string
    secretKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-secret-key"].secret_string
  }
  data_wo_revision = 1
}

resource "kubernetes_secret_v1" "minio_copier_standby" {
  provider = kubernetes.standby

  metadata {
    name      = "minio-copier"
    namespace = module.minio_standby.namespace
  }

  data_wo = {
    accessKey = "copier"
    secretKey = ephemeral.aws_secretsmanager_secret_version.minio["minio-copier-password"].secret_string
  }
  data_wo_revision = 1
}

resource "kubernetes_secret_v1" "minio_ca_standby" {
  provider = kubernetes.standby

  metadata {
    name      = "minio-ca"
    namespace = module.minio_standby.namespace
  }

  data_wo = {
    "tls.crt" = module.authority.certificate
    "tls.key" = module.authority.key
  }
  data_wo_revision = 1
}

# What one region calls in the other, by a name that only the two networks know.
resource "aws_route53_zone" "internal" {
  name = "production.ai-governance.internal"

  vpc {
    vpc_id = module.network.vpc_id
  }

  vpc {
    vpc_id     = module.network_standby.vpc_id
    vpc_region = var.standby_region
  }
}

resource "aws_route53_record" "minio" {
  zone_id = aws_route53_zone.internal.zone_id
  name    = "minio.production.ai-governance.internal"
  type    = "CNAME"
  ttl     = 60
  records = [module.minio_standby.internal_address]
}
