# Who may do what: an identity for every service account of the cluster and for every job of the pipeline, none with a password, each
# with single roles on single things.

locals {
  # One assignment for each account and thing.
  workload_roles = merge(
    merge([
      for account, one in var.workloads : {
        for secret in one.secrets : "${account} reads ${secret}" => { account = account, role = "Key Vault Secrets User", scope = var.secret_scopes[secret] }
      }
    ]...),
    merge([
      for account, one in var.workloads : {
        for name, role in one.roles : "${account} ${name}" => { account = account, role = role.role, scope = role.scope }
      }
    ]...),
  )

  pipeline_subjects = merge([
    for job, subjects in var.pipeline : { for subject in subjects : "${job} ${subject}" => { job = job, subject = subject } }
  ]...)

  # `deploy` rolls releases out: everything in the product's namespace, and nothing beside it. `terraform` applies these files; the
  # first time a person does, who may give these roles.
  pipeline_roles = merge(
    merge([
      for name, id in var.clusters : {
        "deploy signs in to ${name}"    = { job = "deploy", role = "Azure Kubernetes Service Cluster User Role", scope = id, limited = false }
        "deploy rolls out in ${name}"   = { job = "deploy", role = "Azure Kubernetes Service RBAC Cluster Admin", scope = "${id}/namespaces/${var.namespace}", limited = false }
        "terraform administers ${name}" = { job = "terraform", role = "Azure Kubernetes Service RBAC Cluster Admin", scope = id, limited = false }
      }
    ]...),
    { for name, id in var.key_vaults : "terraform keeps the keys of ${name}" => { job = "terraform", role = "Key Vault Crypto Officer", scope = id, limited = false } },
    { for name, id in var.secret_vaults : "terraform keeps the secrets of ${name}" => { job = "terraform", role = "Key Vault Secrets Officer", scope = id, limited = false } },
    { for name, id in var.push_to : "deploy pushes ${name}" => { job = "deploy", role = "AcrPush", scope = id, limited = false } },
    merge([
      for name, id in var.resource_groups : {
        "terraform changes ${name}"        = { job = "terraform", role = "Contributor", scope = id, limited = false }
        "terraform gives roles in ${name}" = { job = "terraform", role = "Role Based Access Control Administrator", scope = id, limited = true }
      }
    ]...),
  )

  # What these modules give to others. Who applies them may give these roles and no other, not even to themselves.
  given_roles = [
    "AcrPull",
    "AcrPush",
    "Azure Kubernetes Service Cluster User Role",
    "Azure Kubernetes Service RBAC Cluster Admin",
    "Key Vault Crypto Officer",
    "Key Vault Crypto Service Encryption User",
    "Key Vault Crypto User",
    "Key Vault Secrets Officer",
    "Key Vault Secrets User",
    "Network Contributor",
    "Reader",
    "Storage Blob Data Contributor",
    "Storage Blob Data Reader",
  ]
}

resource "azurerm_user_assigned_identity" "workload" {
  for_each = var.workloads

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

# In each cluster the same service account is the same identity.
resource "azurerm_federated_identity_credential" "workload" {
  for_each = {
    for pair in setproduct(keys(var.workloads), keys(var.oidc_issuers)) : "${pair[0]} ${pair[1]}" => { account = pair[0], cluster = pair[1] }
  }

  name                = each.value.cluster
  resource_group_name = var.resource_group_name
  parent_id           = azurerm_user_assigned_identity.workload[each.value.account].id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.oidc_issuers[each.value.cluster]
  subject             = "system:serviceaccount:${var.namespace}:${each.value.account}"
}

resource "azurerm_role_assignment" "workload" {
  for_each = local.workload_roles

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.workload[each.value.account].principal_id
  principal_type       = "ServicePrincipal"
}

resource "azurerm_user_assigned_identity" "pipeline" {
  for_each = var.pipeline

  name                = "${var.name}-${each.key}"
  resource_group_name = var.resource_group_name
  location            = var.location
  tags                = var.tags
}

resource "azurerm_federated_identity_credential" "pipeline" {
  for_each = local.pipeline_subjects

  name                = substr(sha256(each.value.subject), 0, 16)
  resource_group_name = var.resource_group_name
  parent_id           = azurerm_user_assigned_identity.pipeline[each.value.job].id
  audience            = ["api://AzureADTokenExchange"]
  issuer              = var.pipeline_issuer
  subject             = each.value.subject
}

data "azurerm_role_definition" "given" {
  for_each = toset(local.given_roles)

  name = each.key
}

resource "azurerm_role_assignment" "pipeline" {
  for_each = { for name, role in local.pipeline_roles : name => role if contains(keys(var.pipeline), role.job) }

  scope                = each.value.scope
  role_definition_name = each.value.role
  principal_id         = azurerm_user_assigned_identity.pipeline[each.value.job].principal_id
  principal_type       = "ServicePrincipal"
  condition_version    = each.value.limited ? "2.0" : null
  condition = each.value.limited ? join(" AND ", [
    for action, source in { write = "Request", delete = "Resource" } : join("", [
      "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/${action}'})) OR (@${source}[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {",
      join(", ", [for role in data.azurerm_role_definition.given : basename(role.role_definition_id)]),
      "}))",
    ])
  ]) : null
}
