# Written by Gantry from the spec: change that, and run `gantry synth`.

# Whatever takes the project from here waits until its APIs are on. The first plan of a new project reads three of them already:
# gcloud services enable cloudresourcemanager.googleapis.com monitoring.googleapis.com serviceusage.googleapis.com
module "project" {
  source = "../../modules/project_services"

  project = var.project
  services = [
    "artifactregistry.googleapis.com",
    "billingbudgets.googleapis.com",
    "cloudkms.googleapis.com",
    "cloudresourcemanager.googleapis.com",
    "cloudscheduler.googleapis.com",
    "cloudtrace.googleapis.com",
    "compute.googleapis.com",
    "containerscanning.googleapis.com",
    "dns.googleapis.com",
    "iam.googleapis.com",
    "iamcredentials.googleapis.com",
    "logging.googleapis.com",
    "monitoring.googleapis.com",
    "pubsub.googleapis.com",
    "recommender.googleapis.com",
    "redis.googleapis.com",
    "run.googleapis.com",
    "secretmanager.googleapis.com",
    "servicenetworking.googleapis.com",
    "sqladmin.googleapis.com",
    "storage.googleapis.com",
    "sts.googleapis.com",
    "workflowexecutions.googleapis.com",
    "workflows.googleapis.com",
  ]
}

module "network" {
  source = "../../modules/network"

  project = module.project.project
  region  = var.region
  name    = "bytereview"
}

# Applied first by a person who owns the project: from then on bytereview's pipeline can be its deployer.
module "github" {
  source = "../../modules/github_identity"

  project      = module.project.project
  repository   = "bytereview/app"
  account_id   = "bytereview-tf-deployer"
  environments = ["staging"]
  planning     = ["staging-plan"]

  roles = [
    "roles/artifactregistry.admin",
    "roles/cloudkms.admin",
    "roles/cloudscheduler.admin",
    "roles/cloudsql.admin",
    "roles/compute.loadBalancerAdmin",
    "roles/compute.networkAdmin",
    "roles/compute.securityAdmin",
    "roles/iam.roleAdmin",
    "roles/iam.serviceAccountAdmin",
    "roles/iam.serviceAccountUser",
    "roles/iam.workloadIdentityPoolAdmin",
    "roles/logging.configWriter",
    "roles/monitoring.alertPolicyEditor",
    "roles/monitoring.dashboardEditor",
    "roles/monitoring.metricsScopesAdmin",
    "roles/monitoring.notificationChannelEditor",
    "roles/monitoring.uptimeCheckConfigEditor",
    "roles/pubsub.admin",
    "roles/redis.admin",
    "roles/resourcemanager.projectIamAdmin",
    "roles/run.admin",
    "roles/secretmanager.admin",
    "roles/servicenetworking.networksAdmin",
    "roles/serviceusage.serviceUsageAdmin",
    "roles/storage.admin",
    "roles/workflows.admin",
  ]
}

module "registry" {
  source = "../../modules/artifact_registry"

  project     = module.project.project
  location    = "us-central1"
  name        = "bytereview"
  description = "Images of ByteReview"
  writers = {
    deployer = module.github.deployer_member
  }
}

# Each needs its first version before what reads it is started: gcloud secrets versions add <name> --data-file=-
module "secrets" {
  source = "../../modules/secrets"

  project = module.project.project
  names   = ["drive-token", "launchdarkly-sdk-key", "pagerduty-key", "vertex-token"]
}
