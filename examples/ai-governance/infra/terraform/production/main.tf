# Written by Gantry from the spec: change that, and run `gantry synth`.

module "network" {
  source = "../modules/network"

  name               = var.name
  region             = var.region
  cidr               = var.cidr
  availability_zones = slice(sort(data.aws_availability_zones.available.names), 0, var.zones)
  nat_in_each_zone   = var.nat_in_each_zone
  kms_key_arn        = module.encryption.key_arn

  permissions_boundary = module.boundary.arn
}

data "aws_availability_zones" "available" {
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

module "firewall" {
  source = "../modules/firewall"

  name   = var.name
  vpc_id = module.network.vpc_id

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

module "load_balancer" {
  source = "../modules/load-balancer"

  name       = var.name
  subnet_ids = module.network.public_subnet_ids
}

module "cluster" {
  source = "../modules/cluster"

  name               = var.name
  kubernetes_version = var.kubernetes_version
  nodes              = var.nodes

  subnet_ids             = module.network.private_subnet_ids
  node_security_group_id = module.firewall.group_ids["nodes"]
  kms_key_arn            = module.encryption.key_arn
  api_cidrs              = var.api_cidrs
  administrators = {
    deploy = module.deployer.role_arns["deploy"]
  }
  readers = {
    plan = module.deployer.role_arns["plan"]
  }

  permissions_boundary = module.boundary.arn
}

module "scaling" {
  source = "../modules/scaling"

  cluster_name = module.cluster.name

  permissions_boundary = module.boundary.arn
}

module "dns" {
  source = "../modules/dns"

  domain = var.domain
  addresses = {
    site = {
      name      = var.domain
      addresses = module.load_balancer.addresses
    }
  }
}
