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

alerts = [
  {
    name     = "Error rate"
    query    = "(sum by (service) (rate(http_requests_total{service=\"api\",status=~\"5..\"}[5m])) or 0 * sum by (service) (rate(http_requests_total{service=\"api\"}[5m]))) / sum by (service) (rate(http_requests_total{service=\"api\"}[5m])) > 0.05 and sum by (service) (increase(http_requests_total{service=\"api\"}[5m])) >= 20"
    severity = "warning"
    channels = ["slack #devops"]
    means    = "a broken build, or a partner who misuses the API\n\nOwner: Backend/DevOps."
  },
]

budget = {
  monthly_usd = 600
  alert_at    = [0.5, 0.9, 1]
}
