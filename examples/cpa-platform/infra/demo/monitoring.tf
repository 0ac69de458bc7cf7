# Written by Gantry from the spec: change that, and run `gantry synth`.

module "monitoring" {
  source = "../modules/monitoring"

  name        = var.name
  emails      = var.alarm_emails
  kms_key_arn = module.encryption.key_arn

  alarms = {
    "API p99" = {
      description = "API p99"
      namespace   = "AWS/ApplicationELB"
      metric      = "TargetResponseTime"
      statistic   = "p99"
      dimensions = {
        LoadBalancer = module.load_balancer.arn_suffix
      }
      above          = 2
      period_seconds = 300
      missing        = "missing"
    }
    "Certificate expiry" = {
      description = "Certificate expiry"
      namespace   = "AWS/CertificateManager"
      metric      = "DaysToExpiry"
      statistic   = "Minimum"
      dimensions = {
        CertificateArn = module.certificate.certificate_arn
      }
      below          = 14
      period_seconds = 86400
    }
    "DB connection pool" = {
      description = "DB connection pool"
      namespace   = "AWS/RDS"
      metric      = "DatabaseConnections"
      dimensions = {
        DBInstanceIdentifier = module.postgres.identifier
      }
      above = 0.8 * var.postgres.max_connections
    }
    "Disk usage" = {
      description = "Disk usage"
      namespace   = "AWS/RDS"
      metric      = "FreeStorageSpace"
      dimensions = {
        DBInstanceIdentifier = module.postgres.identifier
      }
      below = 0.15 * var.postgres.storage_gib * pow(1024, 3)
    }
    "Redis memory" = {
      description = "Redis memory"
      namespace   = "AWS/ElastiCache"
      metric      = "DatabaseMemoryUsagePercentage"
      each        = { for node in module.redis.node_ids : node => { CacheClusterId = node } }
      above       = 80
    }
  }

  ratio_alarms = {
    "API error rate" = {
      description = "API error rate"
      namespace   = "AWS/ApplicationELB"
      part        = "HTTPCode_Target_5XX_Count"
      whole       = "RequestCount"
      dimensions = [
        {
          LoadBalancer = module.load_balancer.arn_suffix
          TargetGroup  = module.load_balancer.target_groups["backend"].blue.arn_suffix
        },
        {
          LoadBalancer = module.load_balancer.arn_suffix
          TargetGroup  = module.load_balancer.target_groups["backend"].green.arn_suffix
        },
      ]
      above          = 5
      at_least       = 20
      period_seconds = 300
    }
  }
}
