variable "hub" {
  type        = bool
  default     = false
  description = "true makes the hub's role, false the reader role of the account."
}

variable "subject" {
  type        = string
  default     = null
  description = "The whole subject of the OIDC tokens of the audit's jobs, such as repo:acme/security:ref:refs/heads/main. Not needed for a reader with reader_auth chain."

  validation {
    condition     = var.subject == null ? true : can(regex("^repo:[^/:*?]+/[^/:*?]+:[^*?]+$", var.subject))
    error_message = "It is the whole subject of the job, without a wildcard."
  }
}

variable "oidc_provider_arn" {
  type        = string
  default     = null
  description = "The account's provider for token.actions.githubusercontent.com. Without it, one is made where one is needed."
}

variable "organization_id" {
  type        = string
  default     = null
  description = "The organization whose accounts the hub may enter, such as o-a1b2c3d4e5."
}

variable "reader_auth" {
  type        = string
  default     = "chain"
  description = "chain: the hub assumes the reader role. web-identity: GitHub's token does."

  validation {
    condition     = contains(["chain", "web-identity"], var.reader_auth)
    error_message = "It is chain or web-identity."
  }
}

variable "hub_role_arn" {
  type        = string
  default     = null
  description = "The hub's role, which a reader with reader_auth chain trusts."
}

variable "external_id" {
  type        = string
  default     = null
  sensitive   = true
  description = "What the hub must present besides, as the variable of external-id-from has it."
}

variable "reader_role_name" {
  type        = string
  default     = "apigw-iam-gate-reader"
  description = "As role-name of the targets file has it."
}

variable "api_region" {
  type        = string
  default     = "*"
  description = "The region whose APIs may be read; \"*\" for every region."
}

variable "smoke_test" {
  type        = bool
  default     = false
  description = "Whether the reader may sign GET and HEAD requests to the APIs."
}
