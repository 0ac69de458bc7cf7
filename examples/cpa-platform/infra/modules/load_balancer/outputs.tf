# Written by Gantry from the spec: change that, and run `gantry synth`.

output "arn" {
  description = "The load balancer's ARN."
  value       = aws_lb.this.arn
}

output "arn_suffix" {
  description = "What CloudWatch calls it."
  value       = aws_lb.this.arn_suffix
}

output "dns_name" {
  description = "The name that aliases lead to."
  value       = aws_lb.this.dns_name
}

output "zone_id" {
  description = "The zone that AWS keeps that name in."
  value       = aws_lb.this.zone_id
}

output "listener_arn" {
  description = "The HTTPS listener, which releases point at another target group."
  value       = aws_lb_listener.https.arn
}

output "target_groups" {
  description = "The blue and the green target group of each service, once a listener uses them: before, ECS refuses them."
  value = {
    for service in keys(var.targets) : service => {
      for colour in ["blue", "green"] : colour => {
        arn        = aws_lb_target_group.this["${service}-${colour}"].arn
        arn_suffix = aws_lb_target_group.this["${service}-${colour}"].arn_suffix
        name       = aws_lb_target_group.this["${service}-${colour}"].name
      }
    }
  }

  depends_on = [aws_lb_listener.https, aws_lb_listener_rule.service]
}
