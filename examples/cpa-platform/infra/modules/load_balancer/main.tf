# Written by Gantry from the spec: change that, and run `gantry synth`.

# An application load balancer: TLS ends here, and services behind it answer by host and path.

locals {
  # Each service has two groups. One serves; a blue-green release fills the other and moves the listener over.
  groups = merge([
    for service, target in var.targets : {
      for colour in ["blue", "green"] : "${service}-${colour}" => merge(target, { colour = colour })
    }
  ]...)
  routed = { for service, target in var.targets : service => target if length(target.hosts) + length(target.paths) > 0 }
  # Rules with a path stand before those with a host alone.
  by_depth = concat(
    [for service in sort(keys(local.routed)) : service if length(local.routed[service].paths) > 0],
    [for service in sort(keys(local.routed)) : service if length(local.routed[service].paths) == 0],
  )
  catchall = one([for service, target in var.targets : service if length(target.hosts) + length(target.paths) == 0])
}

resource "aws_lb" "this" {
  name                       = var.name
  load_balancer_type         = "application"
  subnets                    = var.subnet_ids
  security_groups            = [var.security_group_id]
  drop_invalid_header_fields = true
  enable_deletion_protection = var.deletion_protection

  access_logs {
    bucket  = var.log_bucket
    prefix  = "load-balancer"
    enabled = true
  }
}

resource "aws_lb_target_group" "this" {
  for_each = local.groups

  name                 = "${each.value.name}-${each.value.colour}"
  vpc_id               = var.vpc_id
  target_type          = "ip"
  protocol             = "HTTP"
  port                 = each.value.port
  deregistration_delay = each.value.drain_seconds

  health_check {
    path                = each.value.health_path
    matcher             = "200"
    interval            = 10
    timeout             = 5
    healthy_threshold   = 2
    unhealthy_threshold = 3
  }
}

resource "aws_lb_listener" "http" {
  load_balancer_arn = aws_lb.this.arn
  port              = 80
  protocol          = "HTTP"

  default_action {
    type = "redirect"

    redirect {
      port        = "443"
      protocol    = "HTTPS"
      status_code = "HTTP_301"
    }
  }
}

resource "aws_lb_listener" "https" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = var.ssl_policy
  certificate_arn   = var.certificate_arn

  default_action {
    type             = local.catchall == null ? "fixed-response" : "forward"
    target_group_arn = local.catchall == null ? null : aws_lb_target_group.this["${local.catchall}-blue"].arn

    dynamic "fixed_response" {
      for_each = local.catchall == null ? [1] : []

      content {
        content_type = "text/plain"
        status_code  = "404"
      }
    }
  }

  # Releases decide which group serves.
  lifecycle {
    ignore_changes = [default_action]
  }
}

resource "aws_lb_listener_rule" "service" {
  for_each = local.routed

  listener_arn = aws_lb_listener.https.arn
  priority     = 100 + index(local.by_depth, each.key)

  action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this["${each.key}-blue"].arn
  }

  dynamic "condition" {
    for_each = length(each.value.hosts) == 0 ? [] : [each.value.hosts]

    content {
      host_header {
        values = condition.value
      }
    }
  }

  dynamic "condition" {
    for_each = length(each.value.paths) == 0 ? [] : [each.value.paths]

    content {
      path_pattern {
        values = condition.value
      }
    }
  }

  lifecycle {
    ignore_changes = [action]
  }
}
