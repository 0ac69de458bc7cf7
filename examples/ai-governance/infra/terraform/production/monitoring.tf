# Written by Gantry from the spec: change that, and run `gantry synth`.

module "monitoring" {
  source = "../modules/monitoring"

  name        = var.name
  emails      = var.alarm_emails
  kms_key_arn = module.encryption.key_arn

  alarms = {
    "Replica behind" = {
      description = "Replica behind"
      namespace   = "AWS/RDS"
      metric      = "ReplicaLag"
      each        = { for name, identifier in module.db.replica_identifiers : name => { DBInstanceIdentifier = identifier } }
      above       = 30
      periods     = 5
    }
  }
}
