/**
 * A service's own words, made fit to be shown: account ids keep their last four digits, as API
 * Gateway itself masks them in its answers, and session tokens and signatures are taken out (a
 * signature error can echo the whole canonical request).
 */
export function redact(text: string): string {
  return text
    .replace(/(x-amz-security-token[:=])\s*[^\s'"\\&]+/gi, '$1***')
    .replace(/(Signature=)[0-9a-f]{8,}/gi, '$1***')
    .replace(/(Credential=)[A-Z0-9]{16,}/g, '$1***')
    .replace(/(?<![0-9A-Za-z])\d{8}(\d{4})(?![0-9A-Za-z])/g, '********$1')
    .replace(
      /\b((?:arn:aws[a-z-]*:(?:iam|sts)::[*\d]+:)(?:user|role|assumed-role|federated-user)\/)\S+?(?=["'\s]|$)/g,
      '$1***',
    );
}
