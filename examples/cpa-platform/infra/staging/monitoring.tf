# Written by Gantry from the spec: change that, and run `gantry synth`.

module "monitoring" {
  source = "../modules/monitoring"

  name        = var.name
  emails      = var.alarm_emails
  kms_key_arn = module.encryption.key_arn

  alarms = {
    "API error rate" = {
      description = "the share of backend's requests answered with a 5xx, above 5%. Approximate: what the load balancer answers itself, as a 503 without a healthy target, is no answer of the service's and is not counted."
      comparison  = "GreaterThanThreshold"
      threshold   = 0.05
      missing     = "notBreaching"
      queries = [
        {
          id = "whole_blue"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "RequestCount"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].blue.arn_suffix
            }
          }
        },
        {
          id = "whole_green"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "RequestCount"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].green.arn_suffix
            }
          }
        },
        {
          id         = "whole"
          expression = "FILL(whole_blue, 0) + FILL(whole_green, 0)"
          label      = "RequestCount"
        },
        {
          id = "part_blue"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "HTTPCode_Target_5XX_Count"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].blue.arn_suffix
            }
          }
        },
        {
          id = "part_green"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "HTTPCode_Target_5XX_Count"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].green.arn_suffix
            }
          }
        },
        {
          id         = "part"
          expression = "FILL(part_blue, 0) + FILL(part_green, 0)"
          label      = "HTTPCode_Target_5XX_Count"
        },
        {
          id         = "share"
          expression = "IF(whole >= 20, FILL(part, 0) / whole, 0)"
          label      = "share answered with a 5xx"
        },
      ]
    }
    "API p99" = {
      description = "how long backend's answers take at most, for 99 % of them, above 2s."
      comparison  = "GreaterThanThreshold"
      threshold   = 2
      missing     = "notBreaching"
      queries = [
        {
          id = "all_blue"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "RequestCount"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].blue.arn_suffix
            }
          }
        },
        {
          id = "all_green"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "RequestCount"
            statistic      = "Sum"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].green.arn_suffix
            }
          }
        },
        {
          id         = "all"
          expression = "FILL(all_blue, 0) + FILL(all_green, 0)"
          label      = "RequestCount"
        },
        {
          id = "slowest_blue"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "TargetResponseTime"
            statistic      = "p99"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].blue.arn_suffix
            }
          }
        },
        {
          id = "slowest_green"
          metric = {
            namespace      = "AWS/ApplicationELB"
            name           = "TargetResponseTime"
            statistic      = "p99"
            period_seconds = 300
            dimensions = {
              LoadBalancer = module.load_balancer.arn_suffix
              TargetGroup  = module.load_balancer.target_groups["backend"].green.arn_suffix
            }
          }
        },
        {
          id         = "slowest"
          expression = "MAX([FILL(slowest_blue, 0), FILL(slowest_green, 0)])"
          label      = "TargetResponseTime"
        },
        {
          id         = "value"
          expression = "IF(all >= 20, slowest, 0)"
          label      = "p99 of answers, in seconds"
        },
      ]
    }
    "Backup failure" = {
      description = "whether postgres's last backup failed, or none succeeded for 26 hours, above 0. Approximate: only where AWS Backup makes the backups, and of all databases together."
      comparison  = "GreaterThanThreshold"
      threshold   = 0
      missing     = "notBreaching"
      queries = [
        {
          id = "value"
          metric = {
            namespace      = "AWS/Backup"
            name           = "NumberOfBackupJobsFailed"
            statistic      = "Sum"
            period_seconds = 86400
            dimensions = {
              ResourceType = "RDS"
            }
          }
        },
      ]
    }
    "Certificate expiry" = {
      description = "how long the certificate of staging.cpaplatform.io is good for, below 14d. Approximate: AWS counts whole days, and tells them twice a day."
      comparison  = "LessThanThreshold"
      threshold   = 14
      queries = [
        {
          id = "value"
          metric = {
            namespace      = "AWS/CertificateManager"
            name           = "DaysToExpiry"
            statistic      = "Minimum"
            period_seconds = 86400
            dimensions = {
              CertificateArn = module.certificate.certificate_arn
            }
          }
        },
      ]
    }
    "DB connection pool" = {
      description = "the share of postgres's connections that are taken, above 80%. Approximate: RDS tells it once a minute: nothing is seen sooner."
      comparison  = "GreaterThanThreshold"
      threshold   = 0.8 * var.postgres.max_connections
      queries = [
        {
          id = "value"
          metric = {
            namespace      = "AWS/RDS"
            name           = "DatabaseConnections"
            statistic      = "Maximum"
            period_seconds = 60
            dimensions = {
              DBInstanceIdentifier = module.postgres.identifier
            }
          }
        },
      ]
    }
    "Disk usage" = {
      description = "how full postgres's disk is, above 85%."
      comparison  = "LessThanThreshold"
      threshold   = 0.15 * var.postgres.storage_gib * pow(1024, 3)
      queries = [
        {
          id = "value"
          metric = {
            namespace      = "AWS/RDS"
            name           = "FreeStorageSpace"
            statistic      = "Minimum"
            period_seconds = 60
            dimensions = {
              DBInstanceIdentifier = module.postgres.identifier
            }
          }
        },
      ]
    }
    "Redis memory" = {
      description = "the memory that redis uses, as a share of its limit, above 80%. Approximate: it is that of the first node."
      comparison  = "GreaterThanThreshold"
      threshold   = 80
      each = {
        dimension = "CacheClusterId"
        of        = { for node in module.redis.node_ids : node => node }
      }
      queries = [
        {
          id = "value"
          metric = {
            namespace      = "AWS/ElastiCache"
            name           = "DatabaseMemoryUsagePercentage"
            statistic      = "Maximum"
            period_seconds = 60
            dimensions     = {}
          }
        },
      ]
    }
  }

  dashboards = {
    database = jsonencode({
      widgets = [
        {
          type   = "metric"
          x      = 0
          y      = 0
          width  = 12
          height = 6
          properties = {
            title  = "Connection pool"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/RDS",
                "DatabaseConnections",
                "DBInstanceIdentifier",
                module.postgres.identifier,
                {
                  id     = "value0"
                  stat   = "Maximum"
                  period = 60
                },
              ],
            ]
          }
        },
        {
          type   = "text"
          x      = 12
          y      = 0
          width  = 12
          height = 6
          properties = {
            markdown = "**Query latency** is not drawn here: AWS has no metric for queryTime of a database"
          }
        },
        {
          type   = "text"
          x      = 0
          y      = 6
          width  = 12
          height = 6
          properties = {
            markdown = "**Replication lag** is not drawn here: postgres has no replica"
          }
        },
        {
          type   = "metric"
          x      = 12
          y      = 6
          width  = 12
          height = 6
          properties = {
            title  = "Disk usage"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/RDS",
                "FreeStorageSpace",
                "DBInstanceIdentifier",
                module.postgres.identifier,
                {
                  id     = "value0"
                  stat   = "Minimum"
                  period = 60
                },
              ],
            ]
          }
        },
      ]
    })
    redis = jsonencode({
      widgets = [
        {
          type   = "metric"
          x      = 0
          y      = 0
          width  = 12
          height = 6
          properties = {
            title  = "Hit rate"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ElastiCache",
                "CacheHits",
                "CacheClusterId",
                sort(module.redis.node_ids)[0],
                {
                  id      = "hits0"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ElastiCache",
                "CacheMisses",
                "CacheClusterId",
                sort(module.redis.node_ids)[0],
                {
                  id      = "misses0"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "share0"
                  expression = "IF(hits0 + misses0 > 0, hits0 / (hits0 + misses0))"
                  label      = "share that was there"
                },
              ],
            ]
          }
        },
        {
          type   = "metric"
          x      = 12
          y      = 0
          width  = 12
          height = 6
          properties = {
            title  = "Memory usage"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ElastiCache",
                "DatabaseMemoryUsagePercentage",
                "CacheClusterId",
                sort(module.redis.node_ids)[0],
                {
                  id     = "value0"
                  stat   = "Maximum"
                  period = 60
                },
              ],
            ]
          }
        },
        {
          type   = "metric"
          x      = 0
          y      = 6
          width  = 12
          height = 6
          properties = {
            title  = "Connection count"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ElastiCache",
                "CurrConnections",
                "CacheClusterId",
                sort(module.redis.node_ids)[0],
                {
                  id     = "value0"
                  stat   = "Maximum"
                  period = 60
                },
              ],
            ]
          }
        },
      ]
    })
    service-health = jsonencode({
      widgets = [
        {
          type   = "metric"
          x      = 0
          y      = 0
          width  = 12
          height = 6
          properties = {
            title  = "Request rate"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "all0_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "all0_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "all0"
                  expression = "FILL(all0_blue, 0) + FILL(all0_green, 0)"
                  label      = "RequestCount"
                  visible    = false
                },
              ],
              [
                {
                  id         = "rate0"
                  expression = "all0 / 300"
                  label      = "requests a second"
                },
              ],
            ]
          }
        },
        {
          type   = "metric"
          x      = 12
          y      = 0
          width  = 12
          height = 6
          properties = {
            title  = "Error rate"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "whole0_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "whole0_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "whole0"
                  expression = "FILL(whole0_blue, 0) + FILL(whole0_green, 0)"
                  label      = "RequestCount"
                  visible    = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "HTTPCode_Target_5XX_Count",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "part0_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "HTTPCode_Target_5XX_Count",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "part0_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "part0"
                  expression = "FILL(part0_blue, 0) + FILL(part0_green, 0)"
                  label      = "HTTPCode_Target_5XX_Count"
                  visible    = false
                },
              ],
              [
                {
                  id         = "share0"
                  expression = "IF(whole0 >= 1, FILL(part0, 0) / whole0, 0)"
                  label      = "share answered with a 5xx"
                },
              ],
            ]
          }
        },
        {
          type   = "metric"
          x      = 0
          y      = 6
          width  = 12
          height = 6
          properties = {
            title  = "Latency p50, p95, p99"
            region = var.region
            view   = "timeSeries"
            metrics = [
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "all0_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "all0_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "all0"
                  expression = "FILL(all0_blue, 0) + FILL(all0_green, 0)"
                  label      = "RequestCount"
                  visible    = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "slowest0_blue"
                  stat    = "p50"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "slowest0_green"
                  stat    = "p50"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "slowest0"
                  expression = "MAX([FILL(slowest0_blue, 0), FILL(slowest0_green, 0)])"
                  label      = "TargetResponseTime"
                  visible    = false
                },
              ],
              [
                {
                  id         = "value0"
                  expression = "IF(all0 >= 1, slowest0, 0)"
                  label      = "p50 of answers, in seconds"
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "all1_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "all1_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "all1"
                  expression = "FILL(all1_blue, 0) + FILL(all1_green, 0)"
                  label      = "RequestCount"
                  visible    = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "slowest1_blue"
                  stat    = "p95"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "slowest1_green"
                  stat    = "p95"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "slowest1"
                  expression = "MAX([FILL(slowest1_blue, 0), FILL(slowest1_green, 0)])"
                  label      = "TargetResponseTime"
                  visible    = false
                },
              ],
              [
                {
                  id         = "value1"
                  expression = "IF(all1 >= 1, slowest1, 0)"
                  label      = "p95 of answers, in seconds"
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "all2_blue"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "RequestCount",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "all2_green"
                  stat    = "Sum"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "all2"
                  expression = "FILL(all2_blue, 0) + FILL(all2_green, 0)"
                  label      = "RequestCount"
                  visible    = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].blue.arn_suffix,
                {
                  id      = "slowest2_blue"
                  stat    = "p99"
                  period  = 300
                  visible = false
                },
              ],
              [
                "AWS/ApplicationELB",
                "TargetResponseTime",
                "LoadBalancer",
                module.load_balancer.arn_suffix,
                "TargetGroup",
                module.load_balancer.target_groups["backend"].green.arn_suffix,
                {
                  id      = "slowest2_green"
                  stat    = "p99"
                  period  = 300
                  visible = false
                },
              ],
              [
                {
                  id         = "slowest2"
                  expression = "MAX([FILL(slowest2_blue, 0), FILL(slowest2_green, 0)])"
                  label      = "TargetResponseTime"
                  visible    = false
                },
              ],
              [
                {
                  id         = "value2"
                  expression = "IF(all2 >= 1, slowest2, 0)"
                  label      = "p99 of answers, in seconds"
                },
              ],
            ]
          }
        },
      ]
    })
  }
}
