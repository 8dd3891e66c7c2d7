variable "subject" {
  type        = string
  description = "What the subject of the repository's OIDC tokens begins with: repo:ORGANIZATION/REPOSITORY, for repositories made or renamed after 18 June 2026 with the ids that GitHub puts in."

  validation {
    condition     = can(regex("^repo:[^/:*?]+/[^/:*?]+$", var.subject))
    error_message = "It is repo:ORGANIZATION/REPOSITORY, without a wildcard."
  }
}

variable "audit_subjects" {
  type        = list(string)
  default     = ["*"]
  description = "Which of its jobs may audit: the rest of the subject, such as ref:refs/heads/main. \"*\" means every branch and pull request of the repository; pull requests of forks get no token."
}

variable "enforce_environment" {
  type        = string
  default     = null
  description = "The environment of the repository whose jobs may enforce, such as production. Give it required reviewers. Without it there is no role to enforce."

  validation {
    condition     = var.enforce_environment == null ? true : can(regex("^[^:*?]+$", var.enforce_environment))
    error_message = "It is the name of one environment, without a wildcard."
  }
}

variable "oidc_provider_arn" {
  type        = string
  default     = null
  description = "The account's provider for token.actions.githubusercontent.com. Without it, one is made."
}

variable "api_region" {
  type        = string
  description = "The region of the APIs; \"*\" for every region."
}

variable "api_ids" {
  type        = list(string)
  default     = ["*"]
  description = "The APIs that may be enforced, and that the smoke test may call; [\"*\"] for every API of the region."
}

variable "smoke_test" {
  type        = bool
  default     = true
  description = "Whether the roles may sign GET and HEAD requests to the APIs."
}

variable "invoke_group" {
  type        = string
  default     = null
  description = "The IAM group of the input invoke-group, where it is used."
}

variable "stack_name" {
  type        = string
  default     = null
  description = "The CloudFormation stack that api-id names as stack:NAME, where it is used; its nested stacks begin with the same name."
}
