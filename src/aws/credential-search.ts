import type { AwsCredentialIdentity } from '@smithy/types';
import { monotonicMs } from '../model/monotonic.js';
import { within } from '../model/within.js';

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
    const found = await within(Math.max(0, search.endsMs - monotonicMs()), search.found);
    if (found === 'too late') throw notFoundIn(limitMs);
    return found;
  };
}

/** Named as the SDK names it where there are none: another attempt would wait as long. */
function notFoundIn(limitMs: number): Error {
  const words = `the search for them did not end within ${limitMs / 1000} s: a credential_process, or the endpoint of the container or of the instance, does not answer`;
  return Object.assign(new Error(words), { name: 'CredentialsProviderError' });
}
