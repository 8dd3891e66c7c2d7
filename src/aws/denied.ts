/**
 * Which policy refused a call where another `Allow` in the role's own policy would not help, such as
 * `service control policy`; `null` where it would, or where AWS does not tell. AWS says "with an explicit
 * deny in a service control policy", or "because no permissions boundary allows the … action" (IAM User
 * Guide, "Troubleshoot access denied error messages").
 */
function refusingPolicyIn(
  words: string,
): { readonly policy: string; readonly isDeny: boolean } | null {
  const deny = /with an explicit deny in an? ([a-z -]{0,60}?(?:policy|boundary))\b/i.exec(words);
  if (deny?.[1] !== undefined) return { policy: deny[1].toLowerCase(), isDeny: true };
  if (/with an explicit deny/i.test(words)) return { policy: 'policy', isDeny: true };
  const silent =
    /because no (service control policy|permissions boundary|session policy|resource control policy|VPC endpoint policy) allows/i.exec(
      words,
    );
  return silent?.[1] === undefined ? null : { policy: silent[1], isDeny: false };
}

/** What to change where such a policy refused a call; `null` where the role's own policy is the place. */
export function remedyOfRefusal(words: string): string | null {
  const refusal = refusingPolicyIn(words);
  if (refusal === null) return null;
  const { policy, isDeny } = refusal;
  return isDeny
    ? `Take the deny out of the ${policy} that AWS names, or have it except this role: no allow outweighs a deny.`
    : `Have the ${policy} of this role allow the action too: an allow in the role's own policy is not enough.`;
}
