import { AwsFailure } from './failure.js';

/**
 * Reads a list page by page, from the first page to the last.
 *
 * @param read reads the page that a token leads to; `undefined` for the first one.
 * @param next takes the token of the following page from a page; `undefined` on the last one.
 * @throws AwsFailure where a page could not be read, or AWS returned the same token twice: a list
 *   without end is no list.
 */
export async function* pages<P>(
  operation: string,
  read: (token: string | undefined) => Promise<P>,
  next: (page: P) => string | undefined,
): AsyncGenerator<P, void> {
  const seen = new Set<string>();
  let token: string | undefined;
  do {
    const page = await read(token);
    yield page;
    token = next(page);
    if (token !== undefined && seen.has(token)) {
      throw new AwsFailure(operation, new Error('the same page was offered twice'), 1);
    }
    if (token !== undefined) seen.add(token);
  } while (token !== undefined);
}

/** Where API Gateway's lists go on. */
export function nextPosition({ position }: { readonly position?: string | undefined }) {
  return position;
}

/** Where the lists of its second version go on. */
export function nextToken({ nextToken: token }: { readonly nextToken: string | undefined }) {
  return token;
}
