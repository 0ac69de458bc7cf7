# Written by Gantry from the spec: change that, and run `gantry synth`.

module "monitoring" {
  source = "../modules/monitoring"

  name        = var.name
  emails      = var.alarm_emails
  kms_key_arn = module.encryption.key_arn
}
