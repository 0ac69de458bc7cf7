locals {
  attachments = merge([
    for group in keys(var.autoscaling_groups) : { for port in keys(var.ports) : "${group}-${port}" => { group = group, port = port } }
  ]...)
}

# It passes TCP on: TLS ends at the ingress controller, which has the certificates.
resource "aws_lb" "this" {
  name                             = var.name
  load_balancer_type               = "network"
  subnets                          = var.subnet_ids
  security_groups                  = [var.security_group_id]
  enable_cross_zone_load_balancing = true
  enable_deletion_protection       = var.deletion_protection
}

resource "aws_lb_target_group" "this" {
  for_each = var.ports

  name                 = "${var.name}-${each.key}"
  vpc_id               = var.vpc_id
  target_type          = "instance"
  protocol             = "TCP"
  port                 = each.value
  deregistration_delay = 60

  health_check {
    protocol            = "TCP"
    interval            = 10
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "this" {
  for_each = var.ports

  load_balancer_arn = aws_lb.this.arn
  protocol          = "TCP"
  port              = tonumber(each.key)

  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this[each.key].arn
  }
}

resource "aws_autoscaling_attachment" "this" {
  for_each = local.attachments

  autoscaling_group_name = var.autoscaling_groups[each.value.group]
  lb_target_group_arn    = aws_lb_target_group.this[each.value.port].arn
}
