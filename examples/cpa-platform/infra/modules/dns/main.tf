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
