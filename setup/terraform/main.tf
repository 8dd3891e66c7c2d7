# The roles that a workflow of one repository takes to audit the APIs of this account and, where that is
# wanted, to turn IAM on. How to apply it: setup/README.md.

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
  partition = data.aws_partition.current.partition
  account   = data.aws_caller_identity.current.account_id
  provider  = var.oidc_provider_arn != null ? var.oidc_provider_arn : one(aws_iam_openid_connect_provider.github[*].arn)
  issuer    = "token.actions.githubusercontent.com"

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
  invoke = [
    # rights invoke:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "SignSmokeTest"
      Effect = "Allow"
      Action = [
        "execute-api:Invoke",
      ]
      Resource = flatten([for api in var.api_ids : [
        "arn:${local.partition}:execute-api:${var.api_region}:${local.account}:${api}/*/GET/*",
        "arn:${local.partition}:execute-api:${var.api_region}:${local.account}:${api}/*/HEAD/*",
      ]])
    },
    # rights invoke:end
  ]
  enforce = [
    # rights enforce:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "ChangeAuthorizationAndMoveStages"
      Effect = "Allow"
      Action = [
        "apigateway:PATCH",
      ]
      Resource = flatten([for api in var.api_ids : [
        "arn:${local.partition}:apigateway:${var.api_region}::/restapis/${api}/resources/*/methods/*",
        "arn:${local.partition}:apigateway:${var.api_region}::/restapis/${api}/stages/*",
        "arn:${local.partition}:apigateway:${var.api_region}::/apis/${api}/routes/*",
        "arn:${local.partition}:apigateway:${var.api_region}::/apis/${api}/stages/*",
      ]])
    },
    {
      Sid    = "Deploy"
      Effect = "Allow"
      Action = [
        "apigateway:POST",
      ]
      Resource = flatten([for api in var.api_ids : [
        "arn:${local.partition}:apigateway:${var.api_region}::/restapis/${api}/deployments",
        "arn:${local.partition}:apigateway:${var.api_region}::/apis/${api}/deployments",
      ]])
    },
    {
      Sid    = "DeleteUnprovenDeployments"
      Effect = "Allow"
      Action = [
        "apigateway:DELETE",
      ]
      Resource = flatten([for api in var.api_ids : [
        "arn:${local.partition}:apigateway:${var.api_region}::/restapis/${api}/deployments/*",
        "arn:${local.partition}:apigateway:${var.api_region}::/apis/${api}/deployments/*",
      ]])
    },
    # rights enforce:end
  ]
  read_group = [
    # rights read-group:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "ReadGroup"
      Effect = "Allow"
      Action = [
        "iam:GetGroup",
        "iam:ListAttachedGroupPolicies",
        "iam:ListGroupPolicies",
        "iam:GetGroupPolicy",
      ]
      Resource = [
        "arn:${local.partition}:iam::${local.account}:group/${var.invoke_group}",
      ]
    },
    {
      Sid    = "ReadPoliciesOfGroup"
      Effect = "Allow"
      Action = [
        "iam:GetPolicy",
        "iam:GetPolicyVersion",
        "iam:ListPolicyVersions",
        "iam:ListPolicies",
      ]
      Resource = [
        "*",
      ]
    },
    # rights read-group:end
  ]
  grant = [
    # rights grant:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "WriteOwnPolicies"
      Effect = "Allow"
      Action = [
        "iam:CreatePolicy",
        "iam:TagPolicy",
        "iam:CreatePolicyVersion",
        "iam:SetDefaultPolicyVersion",
        "iam:DeletePolicyVersion",
        "iam:DeletePolicy",
      ]
      Resource = [
        "arn:${local.partition}:iam::${local.account}:policy/apigw-iam-gate-*",
      ]
    },
    {
      Sid    = "AttachOwnPolicies"
      Effect = "Allow"
      Action = [
        "iam:AttachGroupPolicy",
        "iam:DetachGroupPolicy",
      ]
      Resource = [
        "arn:${local.partition}:iam::${local.account}:group/${var.invoke_group}",
      ]
      Condition = {
        ArnLike = {
          "iam:PolicyARN" = "arn:${local.partition}:iam::${local.account}:policy/apigw-iam-gate-*"
        }
      }
    },
    # rights grant:end
  ]
  find_stack = [
    # rights find-stack:begin (made from setup/rights.ts by: npm run docs)
    {
      Sid    = "FindApisOfStack"
      Effect = "Allow"
      Action = [
        "cloudformation:ListStackResources",
      ]
      Resource = [
        "arn:${local.partition}:cloudformation:${var.api_region}:${local.account}:stack/${var.stack_name}*/*",
      ]
    },
    # rights find-stack:end
  ]

  reading    = concat(local.audit, local.smoke_test, var.stack_name == null ? [] : local.find_stack)
  smoke_test = var.smoke_test ? local.invoke : []
}

resource "aws_iam_openid_connect_provider" "github" {
  count = var.oidc_provider_arn == null ? 1 : 0

  url            = "https://${local.issuer}"
  client_id_list = ["sts.amazonaws.com"]
}

resource "aws_iam_role" "audit" {
  name        = "apigw-iam-gate-audit"
  description = "Reads APIs and asks their endpoints; changes nothing."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = { "${local.issuer}:aud" = "sts.amazonaws.com" }
        StringLike   = { "${local.issuer}:sub" = [for it in var.audit_subjects : "${var.subject}:${it}"] }
      }
    }]
  })
}

resource "aws_iam_role_policy" "audit" {
  name   = "audit"
  role   = aws_iam_role.audit.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.reading })
}

resource "aws_iam_role_policy" "audit_group" {
  count = var.invoke_group == null ? 0 : 1

  name   = "invoke-group"
  role   = aws_iam_role.audit.id
  policy = jsonencode({ Version = "2012-10-17", Statement = local.read_group })
}

resource "aws_iam_role" "enforce" {
  count = var.enforce_environment == null ? 0 : 1

  name        = "apigw-iam-gate-enforce"
  description = "Turns IAM on and deploys. It can open an API as well as close it."

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Federated = local.provider }
      Action    = "sts:AssumeRoleWithWebIdentity"
      Condition = {
        StringEquals = {
          "${local.issuer}:aud" = "sts.amazonaws.com"
          "${local.issuer}:sub" = "${var.subject}:environment:${var.enforce_environment}"
        }
      }
    }]
  })
}

resource "aws_iam_role_policy" "enforce" {
  count = var.enforce_environment == null ? 0 : 1

  name   = "enforce"
  role   = aws_iam_role.enforce[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.reading, local.enforce) })
}

resource "aws_iam_role_policy" "enforce_group" {
  count = var.enforce_environment == null || var.invoke_group == null ? 0 : 1

  name   = "grant"
  role   = aws_iam_role.enforce[0].id
  policy = jsonencode({ Version = "2012-10-17", Statement = concat(local.read_group, local.grant) })
}
