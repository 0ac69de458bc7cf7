# Written by Gantry from the spec: change that, and run `gantry synth`.

# A certificate of ACM, shown to be ours by records in Route 53 and renewed by AWS.

resource "aws_acm_certificate" "this" {
  domain_name               = var.domain
  subject_alternative_names = var.other_names
  validation_method         = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

# By the names, which are known before the certificate is: what AWS asks for is only known afterwards.
resource "aws_route53_record" "validation" {
  for_each = toset(concat([var.domain], var.other_names))

  zone_id         = var.zone_id
  name            = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_name if option.domain_name == each.key])
  type            = one([for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_type if option.domain_name == each.key])
  records         = [for option in aws_acm_certificate.this.domain_validation_options : option.resource_record_value if option.domain_name == each.key]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  certificate_arn         = aws_acm_certificate.this.arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}
