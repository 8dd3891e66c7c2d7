import { isRecord } from '../../model/json-data.js';
import { NotGitHub } from './whole-answer.js';

/** Of a hundred items each: no conversation and no label has more. */
const MOST_PAGES = 200;

/**
 * Takes the items of one page after another, for `paginate`: of a list that is one, and that ends.
 *
 * @throws NotGitHub where it is neither.
 */
export function itemsOfPages(): <T>(page: { readonly data: T[] }) => T[] {
  let pages = 0;
  return ({ data }) => {
    pages += 1;
    if (pages > MOST_PAGES) throw new NotGitHub(`a list of more than ${MOST_PAGES} pages`);
    const items: unknown = data;
    if (!Array.isArray(items) || !items.every(isRecord)) throw new NotGitHub('no list');
    return data;
  };
}

/**
 * Makes sure that what was created or changed has the number or the id that GitHub gives it.
 *
 * @throws NotGitHub where it has none.
 */
export function refuseNothingNamed(id: unknown): void {
  if (typeof id !== 'number' && (typeof id !== 'string' || id === '')) {
    throw new NotGitHub('a success that names nothing');
  }
}
