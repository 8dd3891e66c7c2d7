import type { AwsCredentialIdentity } from '@smithy/types';
import { monotonicMs } from '../model/monotonic.js';

/**
 * The same source, whose search ends. The SDK's own has no end where it starts a process that has none
 * (`credential_process`), or asks an endpoint of a container or of the instance that begins an answer and
 * does not end it: no limit of a request to AWS is about these. Whoever asks while a search is under way
 * waits for that one, and for as long as it has left.
 */
export function searchWithin<Options extends readonly unknown[]>(
  limitMs: number,
  source: (...options: Options) => Promise<AwsCredentialIdentity>,
): (...options: Options) => Promise<AwsCredentialIdentity> {
  let search: { readonly found: Promise<AwsCredentialIdentity>; readonly endsMs: number } | null =
    null;
  return async (...options) => {
    const now = monotonicMs();
    if (search === null || search.endsMs + limitMs < now) {
      const begun = { found: source(...options), endsMs: now + limitMs };
      search = begun;
      const forget = (): void => {
        if (search === begun) search = null;
      };
      begun.found.then(forget, forget);
    }
    return endsAt(search.endsMs, search.found, limitMs);
  };
}

async function endsAt<T>(endsMs: number, found: Promise<T>, limitMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(notFoundIn(limitMs)), Math.max(0, endsMs - monotonicMs()));
  });
  try {
    return await Promise.race([found, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}

/** Named as the SDK names it where there are none: another attempt would wait as long. */
function notFoundIn(limitMs: number): Error {
  const words = `the search for them did not end within ${limitMs / 1000} s: a credential_process, or the endpoint of the container or of the instance, does not answer`;
  return Object.assign(new Error(words), { name: 'CredentialsProviderError' });
}
