# The hub's role, and the reader role of the account that the provider leads to. Apply it once with hub = true
# where the workflow comes in, and once an account for the readers, or use reader.yaml as a StackSet for
# these: docs/fleet.md.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.81"
    }
  }
}

data "aws_partition" "current" {}
data "aws_caller_identity" "current" {}

locals {
  partition        = data.aws_partition.current.partition
  account          = data.aws_caller_identity.current.account_id
  issuer           = "token.actions.githubusercontent.com"
  trusts_github    = var.hub || var.reader_auth == "web-identity"
  trusts_hub       = !var.hub && var.reader_auth == "chain"
  makes_provider   = local.trusts_github && var.oidc_provider_arn == null
  provider_arn     = var.oidc_provider_arn != null ? var.oidc_provider_arn : one(aws_iam_openid_connect_provider.github[*].arn)
  external_id_test = var.external_id == null ? {} : { Condition = { StringEquals = { "sts:ExternalId" = var.external_id } } }

  audit = [
    # rights audit:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "ReadApis"
      Effect = "Allow"
      Action = [
        "apigateway:GET",
      ]
      Resource = [
        "arn:${local.partition}:apigateway:${var.api_region}::/restapis*",
        "arn:${local.partition}:apigateway:${var.api_region}::/apis*",
        "arn:${local.partition}:apigateway:${var.api_region}::/domainnames*",
      ]
    },
    # rights audit:end
  ]
  plan = [
    # rights plan:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "ListAccountsAndRegions"
      Effect = "Allow"
      Action = [
        "organizations:ListAccounts",
        "organizations:ListAccountsForParent",
        "organizations:ListOrganizationalUnitsForParent",
        "account:ListRegions",
      ]
      Resource = [
        "*",
      ]
    },
    # rights plan:end
  ]
  invoke = var.smoke_test ? [
    {
      Sid    = "SignSmokeTest"
      Effect = "Allow"
      Action = ["execute-api:Invoke"]
      Resource = [
        "arn:${local.partition}:execute-api:${var.api_region}:${local.account}:*/*/GET/*",
        "arn:${local.partition}:execute-api:${var.api_region}:${local.account}:*/*/HEAD/*",
      ]
    },
  ] : []

  github_trust = {
    Effect    = "Allow"
    Principal = { Federated = local.provider_arn }
    Action    = "sts:AssumeRoleWithWebIdentity"
    Condition = {
      StringEquals = {
        "${local.issuer}:aud" = "sts.amazonaws.com"
        "${local.issuer}:sub" = var.subject
      }
    }
  }
  hub_trust = merge({
    Effect    = "Allow"
    Principal = { AWS = var.hub_role_arn }
    Action    = "sts:AssumeRole"
  }, local.external_id_test)
}

resource "aws_iam_openid_connect_provider" "github" {
  count          = local.makes_provider ? 1 : 0
  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "hub" {
  count                = var.hub ? 1 : 0
  name                 = "apigw-iam-gate-hub"
  description          = "Lists the organization and assumes its reader roles; may do nothing else."
  max_session_duration = 14400
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [local.github_trust] })
}

resource "aws_iam_role_policy" "plan" {
  count  = var.hub ? 1 : 0
  name   = "plan"
  role   = aws_iam_role.hub[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.plan })
}

resource "aws_iam_role_policy" "read_accounts" {
  count = var.hub ? 1 : 0
  name  = "read-accounts"
  role  = aws_iam_role.hub[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "AssumeReaders"
      Effect    = "Allow"
      Action    = "sts:AssumeRole"
      Resource  = "arn:${local.partition}:iam::*:role/${var.reader_role_name}"
      Condition = { StringEquals = { "aws:ResourceOrgID" = var.organization_id } }
    }]
  })
}

resource "aws_iam_role" "reader" {
  count                = var.hub ? 0 : 1
  name                 = var.reader_role_name
  description          = "Reads APIs for the nightly audit of the organization; changes nothing."
  max_session_duration = 3600
  assume_role_policy = local.trusts_hub ? jsonencode({
    Version = "2012-10-17", Statement = [local.hub_trust]
    }) : jsonencode({
    Version = "2012-10-17", Statement = [local.github_trust]
  })
}

resource "aws_iam_role_policy" "reader" {
  count  = var.hub ? 0 : 1
  name   = "audit"
  role   = aws_iam_role.reader[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.audit, local.invoke) })
}
