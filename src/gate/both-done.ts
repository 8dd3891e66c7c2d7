/**
 * Both results, or the first failure, once neither is under way: whoever closes connections on a failure
 * would otherwise cut the other's calls off, and these would be logged as if the network had failed.
 */
export async function bothDone<A, B>(
  first: Promise<A>,
  second: Promise<B>,
): Promise<readonly [A, B]> {
  await Promise.allSettled([first, second]);
  return Promise.all([first, second]);
}
