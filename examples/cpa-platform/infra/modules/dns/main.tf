# Written by Gantry from the spec: change that, and run `gantry synth`.

# A zone of Route 53, and the names in it that lead to things of AWS.

resource "aws_route53_zone" "this" {
  name = var.domain
}

resource "aws_route53_record" "alias" {
  for_each = var.aliases

  zone_id = aws_route53_zone.this.zone_id
  name    = each.value.name
  type    = "A"

  alias {
    name                   = each.value.target_name
    zone_id                = each.value.target_zone_id
    evaluate_target_health = false
  }
}

# Where these lead is a person's to say from then on: a failover moves them to another region, and no apply moves them back.
resource "aws_route53_record" "address" {
  for_each = var.addresses

  zone_id = aws_route53_zone.this.zone_id
  name    = each.value.name
  type    = "A"
  ttl     = 60
  records = each.value.addresses

  lifecycle {
    ignore_changes = [records]
  }
}
