# Written by Gantry from the spec: change that, and run `gantry synth`.

module "api" {
  source = "../../modules/service_account"

  project             = module.project.project
  account_id          = "api-run"
  display_name        = "Pods of ledger-api"
  kubernetes_accounts = ["proveniq-ledger/ledger-api"]

  access = {
    databases = {
      db = module.db.name
    }
    buckets = {
      documents = {
        name  = module.documents.name
        roles = ["roles/storage.objectUser"]
      }
    }
  }
  secrets = {
    DATABASE_URL   = module.db.url_secret
    GEMINI_API_KEY = module.secrets.ids["gemini-api-key"]
  }
}
