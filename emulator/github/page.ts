import type { GitHubAnswer } from './answers.js';

/** GitHub Docs, "Using pagination in the REST API": 30 by default, 100 at most, and `Link` headers. */
const DEFAULT_PER_PAGE = 30;
const MAX_PER_PAGE = 100;

/** One page of a list, with the addresses of the others. */
export function page(items: readonly unknown[], query: URLSearchParams, url: URL): GitHubAnswer {
  const asked = Number(query.get('per_page') ?? DEFAULT_PER_PAGE);
  const size = Math.min(Math.max(1, asked), MAX_PER_PAGE);
  const number = Math.max(1, Number(query.get('page') ?? 1));
  const last = Math.max(1, Math.ceil(items.length / size));
  const links: readonly (readonly [rel: string, page: number])[] = [
    ...(number > 1 ? [['prev', number - 1] as const, ['first', 1] as const] : []),
    ...(number < last ? [['next', number + 1] as const, ['last', last] as const] : []),
  ];
  const link = links.map(([rel, to]) => {
    const address = new URL(url);
    address.searchParams.set('page', String(to));
    return `<${address.href}>; rel="${rel}"`;
  });
  return {
    status: 200,
    headers: link.length === 0 ? {} : { link: link.join(', ') },
    body: items.slice((number - 1) * size, number * size),
  };
}
