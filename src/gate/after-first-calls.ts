/**
 * Does what is needed later while the first calls to AWS are on their way. To load modules keeps the
 * process busy, and AWS can be answering meanwhile.
 */
export async function afterFirstCalls<T>(work: () => Promise<T>): Promise<T> {
  // A turn of the event loop later, whatever was to be sent at once has been sent.
  await new Promise((resolve) => setImmediate(resolve));
  return work();
}
