# Written by Gantry from the spec: change that, and run `gantry synth`.

module "network_standby" {
  source = "../modules/network"

  providers = {
    aws = aws.standby
  }

  name               = "${var.name}-standby"
  region             = var.standby_region
  cidr               = var.standby_cidr
  availability_zones = slice(sort(data.aws_availability_zones.standby.names), 0, var.zones)
  nat_in_each_zone   = var.nat_in_each_zone
  kms_key_arn        = module.encryption_standby.key_arn
}

module "encryption_standby" {
  source = "../modules/encryption"

  providers = {
    aws = aws.standby
  }

  name        = "${var.name}-standby"
  description = "Copies of everything that is stored"
  account_id  = local.account_id
  services    = ["logs.${var.standby_region}.amazonaws.com"]
}

module "firewall_standby" {
  source = "../modules/firewall"

  providers = {
    aws = aws.standby
  }

  name   = "${var.name}-standby"
  vpc_id = module.network_standby.vpc_id

  groups = {
    nodes = "Nodes of the cluster"
    db    = "What answers as db"
  }

  rules = {
    db-from-nodes = {
      from = "nodes"
      to   = "db"
      port = 5432
    }
  }
}

module "load_balancer_standby" {
  source = "../modules/load-balancer"

  providers = {
    aws = aws.standby
  }

  name       = "${var.name}-standby"
  subnet_ids = module.network_standby.public_subnet_ids
}

module "cluster_standby" {
  source = "../modules/cluster"

  providers = {
    aws = aws.standby
  }

  name               = "${var.name}-standby"
  kubernetes_version = var.kubernetes_version
  nodes              = var.nodes

  subnet_ids             = module.network_standby.private_subnet_ids
  node_security_group_id = module.firewall_standby.group_ids["nodes"]
  kms_key_arn            = module.encryption_standby.key_arn
  api_cidrs              = var.api_cidrs
  administrators = {
    deploy = module.deployer.role_arns["deploy"]
  }
}

module "scaling_standby" {
  source = "../modules/scaling"

  providers = {
    aws = aws.standby
  }

  cluster_name = module.cluster_standby.name
}

module "workloads_standby" {
  source = "../modules/iam"

  providers = {
    aws = aws.standby
  }

  cluster_name = module.cluster_standby.name
  workloads = {
    external-secrets = {
      namespace       = "external-secrets"
      service_account = "external-secrets"
      permissions = {
        secrets = {
          actions   = ["secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"]
          resources = [for name in keys(module.secrets.arns) : "arn:aws:secretsmanager:${var.standby_region}:${local.account_id}:secret:${name}-*"]
        }
        encryption = {
          actions   = ["kms:Decrypt"]
          resources = [module.encryption_standby.key_arn]
        }
      }
    }
  }
}

module "db_standby" {
  source = "../modules/postgres_replica"

  providers = {
    aws = aws.standby
  }

  identifier      = "${var.name}-db-standby"
  source_arn      = module.db.arn
  engine_version  = 16
  instance_class  = var.db.instance_class
  max_connections = var.db.max_connections
  backup_days     = var.db.backup_days

  subnet_ids          = module.network_standby.private_subnet_ids
  security_group_id   = module.firewall_standby.group_ids["db"]
  kms_key_arn         = module.encryption_standby.key_arn
  deletion_protection = var.deletion_protection
}

data "aws_availability_zones" "standby" {
  provider = aws.standby
  state    = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}
