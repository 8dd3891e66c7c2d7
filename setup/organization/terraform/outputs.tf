output "hub_role_arn" {
  description = "For role-to-assume of the workflow, and hub_role_arn of the readers; null where there is none."
  value       = one(aws_iam_role.hub[*].arn)
}

output "reader_role_arn" {
  description = "The role that the shards assume in this account; null where there is none."
  value       = one(aws_iam_role.reader[*].arn)
}
