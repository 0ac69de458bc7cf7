# Written by Gantry from the spec: change that, and run `gantry synth`.

# Set where this is applied: TF_VAR_billing_account.

project = "proveniq-ledger-sandbox"
region  = "us-central1"

cache = {
  tier      = "BASIC"
  memory_gb = 1
}

db = {
  tier              = "db-custom-1-3840"
  high_availability = false
  max_connections   = 50
}

budget = {
  monthly_usd = 600
  alert_at    = [0.5, 0.9, 1]
}
