output "audit_role_arn" {
  description = "For role-to-assume of a workflow that audits."
  value       = aws_iam_role.audit.arn
}

output "enforce_role_arn" {
  description = "For role-to-assume of a workflow that enforces; null where there is none."
  value       = one(aws_iam_role.enforce[*].arn)
}
