/**
 * Whose a token is, by its prefix (GitHub Docs, "About authentication to GitHub", "GitHub's token
 * formats"): of a GitHub App, which the workflow's own is too, or of a person.
 */
export function isPersonalToken(token: string): boolean {
  return /^(?:ghp_|github_pat_|gho_)/.test(token);
}

/** Whether it is the installation token of an App, such as the workflow's own. */
export function isInstallationToken(token: string): boolean {
  return token.startsWith('ghs_');
}
