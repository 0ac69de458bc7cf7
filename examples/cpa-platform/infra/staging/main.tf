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
    load-balancer   = "What the world reaches"
    backend         = "Tasks of backend"
    frontend        = "Tasks of frontend"
    temporal-worker = "Tasks of temporal-worker"
    postgres        = "The database postgres"
    redis           = "The cache redis"
    clamav          = "The scanner clamav"
  }

  rules = {
    load-balancer-from-world-443 = {
      from = "world"
      to   = "load-balancer"
      port = 443
    }
    load-balancer-from-world-80 = {
      from = "world"
      to   = "load-balancer"
      port = 80
    }
    backend-from-load-balancer-8080 = {
      from = "load-balancer"
      to   = "backend"
      port = 8080
    }
    frontend-from-load-balancer-3000 = {
      from = "load-balancer"
      to   = "frontend"
      port = 3000
    }
    backend-from-frontend-8080 = {
      from = "frontend"
      to   = "backend"
      port = 8080
    }
    postgres-from-backend-5432 = {
      from = "backend"
      to   = "postgres"
      port = 5432
    }
    postgres-from-temporal-worker-5432 = {
      from = "temporal-worker"
      to   = "postgres"
      port = 5432
    }
    redis-from-backend-6379 = {
      from = "backend"
      to   = "redis"
      port = 6379
    }
    redis-from-temporal-worker-6379 = {
      from = "temporal-worker"
      to   = "redis"
      port = 6379
    }
    clamav-from-backend-3310 = {
      from = "backend"
      to   = "clamav"
      port = 3310
    }
    clamav-from-temporal-worker-3310 = {
      from = "temporal-worker"
      to   = "clamav"
      port = 3310
    }
  }

  outbound = {
    backend         = [443, 7233, 8108]
    frontend        = [443]
    temporal-worker = [443, 7233, 8108]
    clamav          = [443]
  }
}

module "dns" {
  source = "../modules/dns"

  domain = var.domain
  aliases = {
    site = {
      name           = var.domain
      target_name    = module.load_balancer.dns_name
      target_zone_id = module.load_balancer.zone_id
    }
    assets = {
      name           = "assets.${var.domain}"
      target_name    = module.cdn.dns_name
      target_zone_id = module.cdn.zone_id
    }
  }
}

module "certificate" {
  source = "../modules/certificate"

  domain      = var.domain
  other_names = ["assets.${var.domain}"]
  zone_id     = module.dns.zone_id
}

module "load_balancer" {
  source = "../modules/load_balancer"

  name                = "${var.name}-web"
  vpc_id              = module.network.vpc_id
  subnet_ids          = module.network.public_subnet_ids
  security_group_id   = module.firewall.group_ids["load-balancer"]
  certificate_arn     = module.certificate.certificate_arn
  log_bucket          = module.logs.name
  deletion_protection = var.deletion_protection

  targets = {
    backend = {
      name        = "${var.name}-backend"
      port        = 8080
      health_path = "/api/v1/health/ready"
      paths       = ["/api/*"]
    }
    frontend = {
      name        = "${var.name}-frontend"
      port        = 3000
      health_path = "/"
    }
  }
}

module "waf" {
  source = "../modules/waf"

  name                = "${var.name}-web"
  rule_groups         = ["AWSManagedRulesCommonRuleSet"]
  requests_per_minute = 2000
  protects = {
    load_balancer = module.load_balancer.arn
  }
  kms_key_arn = module.encryption.key_arn
}

# Only assets go through CloudFront. Callers of the site come to the load balancer themselves, so that the firewall counts
# each by its own address.
module "cdn" {
  source = "../modules/cdn"

  domain          = "assets.${var.domain}"
  origin          = var.domain
  certificate_arn = module.certificate.certificate_arn
}
