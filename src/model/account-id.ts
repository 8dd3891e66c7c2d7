/** Twelve digits, by themselves or within a name. */
export const ACCOUNT_ID = /(?<!\d)()(\d{8})(?=\d{4}(?!\d))/dg;

/**
 * A name that somebody gave, without the account's id that it may hold: of that the last four digits are
 * shown, as API Gateway itself masks it.
 */
export function withoutAccountIds(name: string): string {
  return name.replace(ACCOUNT_ID, '********');
}
