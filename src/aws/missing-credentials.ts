type Environment = Readonly<Record<string, string | undefined>>;

/**
 * What to change where the environment itself shows why no credentials were found; `null` where it does not.
 * Where `AWS_PROFILE` is set, the SDK does not look at the access key of the environment, and half a key
 * is none (AWS SDK for JavaScript v3, `credential-provider-node` and `credential-provider-env`).
 */
export function explainMissingFrom(environment: Environment): string | null {
  const has = (name: string): boolean => (environment[name] ?? '') !== '';
  if (has('AWS_PROFILE')) {
    return 'Take AWS_PROFILE out of the env, or correct that profile: while it is set, its credentials are used and no access key of the environment is.';
  }
  const [id, secret] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] as const;
  if (has(id) === has(secret)) return null;
  const [given, missing] = has(id) ? [id, secret] : [secret, id];
  return `Set ${missing}: ${given} is set, and it is empty. A secret that does not exist, or that the job may not read, is empty.`;
}
