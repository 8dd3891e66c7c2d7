import { AwsFailure } from './failure.js';

/** Of the longest lists a page has some hundred items, and a region has no list of a hundred thousand. */
const MOST_PAGES = 500;

/**
 * Reads a list page by page, from the first page to the last.
 *
 * @param read reads the page that a token leads to; `undefined` for the first one.
 * @param next takes the token of the following page from a page; `undefined` on the last one.
 * @param most how many pages there may be.
 * @throws AwsFailure where a page could not be read, AWS returned the same token twice, or there are more
 *   pages than any list of AWS's has: a list without end is no list.
 */
export async function* pages<P>(
  operation: string,
  read: (token: string | undefined) => Promise<P>,
  next: (page: P) => string | undefined,
  most: number = MOST_PAGES,
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
    if (token !== undefined && seen.size + 1 >= most) {
      throw new AwsFailure(operation, new Error(`there are more than ${most} pages`), 1);
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
