import { QueryError } from '../query/error.js';

/*
 * Codes and statuses: IAM API Reference, "Errors" of each action. Texts: localstack's snapshots
 * tests/aws/services/iam (recorded against AWS, 2026-02), otherwise what clients of IAM report.
 */

/** 404: something that is named does not exist. */
export function noSuchEntity(message: string): QueryError {
  return new QueryError(404, 'NoSuchEntity', message);
}

/** 409: a name is taken. */
export function alreadyExists(message: string): QueryError {
  return new QueryError(409, 'EntityAlreadyExists', message);
}

/** 409: something still depends on what is to be deleted. */
export function deleteConflict(message: string): QueryError {
  return new QueryError(409, 'DeleteConflict', message);
}

/** 409: one of IAM's quotas. */
export function limitExceeded(message: string): QueryError {
  return new QueryError(409, 'LimitExceeded', message);
}

/** 409 in the form that most quotas have. */
export function quotaExceeded(quota: string, limit: number): QueryError {
  return limitExceeded(`Cannot exceed quota for ${quota}: ${limit}`);
}

/** 400: a document that is no policy. */
export function malformedPolicy(message: string): QueryError {
  return new QueryError(400, 'MalformedPolicyDocument', message);
}

/** 400 of the validation in front of the service. */
export function validationError(parameter: string, constraint: string): QueryError {
  const name = parameter.charAt(0).toLowerCase() + parameter.slice(1);
  return new QueryError(
    400,
    'ValidationError',
    `1 validation error detected: Value at '${name}' failed to satisfy constraint: ${constraint}`,
  );
}
