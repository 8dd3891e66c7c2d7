import { mayHaveHappened } from './failure.js';

/**
 * Creates something of which there must be one. A creation that failed on GitHub's side may have
 * happened all the same: before it is asked for again, it is looked for. `create` must not retry.
 *
 * @returns what was created, or what was found instead.
 */
export async function createOnce<C, F>(
  create: () => Promise<C>,
  find: () => Promise<F | null>,
): Promise<{ readonly created: C } | { readonly found: F }> {
  try {
    return { created: await create() };
  } catch (error) {
    if (!mayHaveHappened(error)) throw error;
    const found = await find();
    return found === null ? { created: await create() } : { found };
  }
}

/** For a request that `createOnce` looks after. */
export const WITHOUT_RETRIES = { request: { retries: 0 } } as const;
