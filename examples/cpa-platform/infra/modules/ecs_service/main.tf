# Written by Gantry from the spec: change that, and run `gantry synth`.

# A service on Fargate: its first task definition, its tasks, how many there are, and how a release comes in.

locals {
  full_name = "${var.cluster_name}-${var.name}"
  balanced  = var.target_groups != null
  elastic   = var.scale.max > var.scale.min

  scales_on = local.elastic ? {
    for metric, percent in {
      ECSServiceAverageCPUUtilization    = var.scale.cpu_percent
      ECSServiceAverageMemoryUtilization = var.scale.memory_percent
    } : metric => percent if percent != null
  } : {}
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/ecs/${var.cluster_name}/${var.name}"
  retention_in_days = var.log_days
  kms_key_id        = var.logs_key_arn
}

resource "aws_ecs_task_definition" "this" {
  family                   = local.full_name
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.cpu
  memory                   = var.memory
  execution_role_arn       = aws_iam_role.execution.arn
  task_role_arn            = aws_iam_role.task.arn

  container_definitions = jsonencode([merge(
    {
      name         = var.name
      image        = var.image
      essential    = true
      stopTimeout  = var.stop_seconds
      environment  = [for name, value in var.environment : { name = name, value = value }]
      secrets      = [for name, arn in var.secrets : { name = name, valueFrom = arn }]
      portMappings = var.port == null ? [] : [{ containerPort = var.port, hostPort = var.port, protocol = "tcp" }]
      mountPoints  = []
      volumesFrom  = []
      linuxParameters = {
        initProcessEnabled = true
      }
      logConfiguration = {
        logDriver = "awslogs"
        options = {
          awslogs-group         = aws_cloudwatch_log_group.this.name
          awslogs-region        = var.region
          awslogs-stream-prefix = var.name
        }
      }
    },
    length(var.health_command) == 0 ? {} : {
      healthCheck = {
        command     = var.health_command
        interval    = 10
        timeout     = 5
        retries     = 3
        startPeriod = 60
      }
    },
  )])
}

resource "aws_ecs_service" "this" {
  name             = var.name
  cluster          = var.cluster_name
  task_definition  = aws_ecs_task_definition.this.arn
  desired_count    = var.scale.min
  launch_type      = "FARGATE"
  platform_version = "LATEST"
  propagate_tags   = "SERVICE"

  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = local.balanced ? 60 : null

  network_configuration {
    subnets         = var.subnet_ids
    security_groups = [var.security_group_id]
  }

  # Behind a load balancer, a blue-green release is CodeDeploy's: it starts the green tasks, moves the listener, keeps the blue
  # ones for the way back, and is the only one that may change the service. Where no traffic can be moved, ECS rolls.
  deployment_controller {
    type = var.blue_green == null ? "ECS" : "CODE_DEPLOY"
  }

  dynamic "deployment_circuit_breaker" {
    for_each = var.blue_green == null ? [1] : []

    content {
      enable   = true
      rollback = true
    }
  }

  dynamic "alarms" {
    for_each = var.blue_green == null && length(var.rollback_alarms) > 0 ? [1] : []

    content {
      alarm_names = var.rollback_alarms
      enable      = true
      rollback    = true
    }
  }

  dynamic "load_balancer" {
    for_each = local.balanced ? [var.target_groups.blue] : []

    content {
      target_group_arn = load_balancer.value.arn
      container_name   = var.name
      container_port   = var.port
    }
  }

  dynamic "service_registries" {
    for_each = aws_service_discovery_service.this

    content {
      registry_arn = service_registries.value.arn
    }
  }

  # Releases choose the revision and the target group, autoscaling the number of tasks.
  lifecycle {
    ignore_changes = [task_definition, load_balancer, desired_count]
  }

  depends_on = [aws_iam_role_policy.execution]
}

resource "aws_service_discovery_service" "this" {
  count = var.discovery == null ? 0 : 1

  name = var.name

  dns_config {
    namespace_id   = var.discovery.namespace_id
    routing_policy = "MULTIVALUE"

    dns_records {
      type = "A"
      ttl  = 10
    }
  }

  health_check_custom_config {
    failure_threshold = 1
  }
}

resource "aws_codedeploy_deployment_group" "this" {
  count = var.blue_green == null ? 0 : 1

  app_name               = var.blue_green.app_name
  deployment_group_name  = var.name
  service_role_arn       = var.blue_green.role_arn
  deployment_config_name = var.blue_green.shift

  deployment_style {
    deployment_option = "WITH_TRAFFIC_CONTROL"
    deployment_type   = "BLUE_GREEN"
  }

  blue_green_deployment_config {
    deployment_ready_option {
      action_on_timeout = "CONTINUE_DEPLOYMENT"
    }

    terminate_blue_instances_on_deployment_success {
      action                           = "TERMINATE"
      termination_wait_time_in_minutes = var.blue_green.retire_minutes
    }
  }

  ecs_service {
    cluster_name = var.cluster_name
    service_name = aws_ecs_service.this.name
  }

  load_balancer_info {
    target_group_pair_info {
      prod_traffic_route {
        listener_arns = [var.blue_green.listener_arn]
      }

      target_group {
        name = var.target_groups.blue.name
      }

      target_group {
        name = var.target_groups.green.name
      }
    }
  }

  auto_rollback_configuration {
    enabled = true
    events  = ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST", "DEPLOYMENT_STOP_ON_ALARM"]
  }

  alarm_configuration {
    enabled = length(var.rollback_alarms) > 0
    alarms  = var.rollback_alarms
  }
}

resource "aws_appautoscaling_target" "this" {
  count = local.elastic ? 1 : 0

  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${var.cluster_name}/${aws_ecs_service.this.name}"
  min_capacity       = var.scale.min
  max_capacity       = var.scale.max
}

resource "aws_appautoscaling_policy" "this" {
  for_each = local.scales_on

  name               = "${var.name}-${each.key}"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this[0].service_namespace
  scalable_dimension = aws_appautoscaling_target.this[0].scalable_dimension
  resource_id        = aws_appautoscaling_target.this[0].resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = each.value
    scale_out_cooldown = 60
    scale_in_cooldown  = 300

    predefined_metric_specification {
      predefined_metric_type = each.key
    }
  }
}
