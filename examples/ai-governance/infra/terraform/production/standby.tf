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

  permissions_boundary = module.boundary.arn
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

module "own_encryption_standby" {
  source = "../modules/encryption_replica"

  providers = {
    aws = aws.standby
  }

  prefix     = "${var.name}/encryption"
  account_id = local.account_id
  keys = {
    "" = module.own_encryption.key_arn
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
  readers = {
    plan = module.deployer.role_arns["plan"]
  }

  permissions_boundary = module.boundary.arn
}

module "scaling_standby" {
  source = "../modules/scaling"

  providers = {
    aws = aws.standby
  }

  cluster_name = module.cluster_standby.name

  permissions_boundary = module.boundary.arn
}

module "workloads_standby" {
  source = "../modules/iam"

  providers = {
    aws = aws.standby
  }

  cluster_name = module.cluster_standby.name
  workloads = {
    backend = {
      namespace       = "ai-governance"
      service_account = "backend"
      permissions = {
        db = {
          actions = ["rds-db:connect"]
          resources = [
            "arn:aws:rds-db:${var.standby_region}:${local.account_id}:dbuser:${module.db_standby.resource_id}/server",
          ]
        }
        own_encryption = {
          actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.own_encryption_standby.key_arns[""]]
        }
      }
    }
    cron = {
      namespace       = "ai-governance"
      service_account = "cron"
      permissions = {
        db = {
          actions = ["rds-db:connect"]
          resources = [
            "arn:aws:rds-db:${var.standby_region}:${local.account_id}:dbuser:${module.db_standby.resource_id}/worker",
          ]
        }
        own_encryption = {
          actions   = ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.own_encryption_standby.key_arns[""]]
        }
      }
    }
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
    minio = {
      namespace       = "minio"
      service_account = "minio"
      permissions = {
        archive = {
          actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
          resources = ["${module.archive_standby.arn}/*"]
        }
        listing = {
          actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
          resources = [module.archive_standby.arn]
        }
        encryption = {
          actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
          resources = [module.encryption_standby.key_arn]
        }
      }
    }
  }

  permissions_boundary = module.boundary.arn
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

# The networks of the two regions are joined, so that MinIO can copy from one to the other.
resource "aws_vpc_peering_connection" "standby" {
  vpc_id      = module.network.vpc_id
  peer_vpc_id = module.network_standby.vpc_id
  peer_region = var.standby_region
}

resource "aws_vpc_peering_connection_accepter" "standby" {
  provider                  = aws.standby
  vpc_peering_connection_id = aws_vpc_peering_connection.standby.id
  auto_accept               = true
}

resource "aws_route" "to_standby" {
  for_each = module.network.private_route_table_ids

  route_table_id            = each.value
  destination_cidr_block    = var.standby_cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.standby.vpc_peering_connection_id
}

resource "aws_route" "from_standby" {
  provider = aws.standby
  for_each = module.network_standby.private_route_table_ids

  route_table_id            = each.value
  destination_cidr_block    = var.cidr
  vpc_peering_connection_id = aws_vpc_peering_connection_accepter.standby.vpc_peering_connection_id
}
