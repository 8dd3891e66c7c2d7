import { get, isList, type Node, scalarText } from '../node.js';

/** How an import uses the document's base path; `ignore` is what it does unless it is asked. */
export type BasePathMode = 'ignore' | 'prepend' | 'split';

export function isBasePathMode(text: string | undefined): text is BasePathMode {
  return text === 'ignore' || text === 'prepend' || text === 'split';
}

/** The base path of a document: of OpenAPI 3 the server variable `basePath` before the server's URL. */
function basePathOf(document: Node): string {
  const written = scalarText(get(document, 'basePath'));
  if (written !== undefined) return written;
  const servers = get(document, 'servers');
  const first = isList(servers) ? servers.items[0] : undefined;
  const variable = scalarText(get(first, 'variables', 'basePath', 'default'));
  if (variable !== undefined) return variable;
  const url = scalarText(get(first, 'url')) ?? '';
  return /^[a-z][a-z0-9+.-]*:\/\/[^/]*(.*)$/i.exec(url)?.[1] ?? url;
}

/**
 * A path of the document as API Gateway will show it (API Gateway Developer Guide, "Set the OpenAPI
 * basePath property"). A slash at the end is dropped.
 */
export function importedPath(path: string, document: Node, mode: BasePathMode): string {
  const segments = mode === 'ignore' ? [] : basePathOf(document).split('/').filter(Boolean);
  const before = mode === 'split' ? segments.slice(1) : segments;
  const whole = before.length === 0 ? path : `/${before.join('/')}${path === '/' ? '' : path}`;
  return whole.length > 1 && whole.endsWith('/') ? whole.slice(0, -1) : whole;
}
