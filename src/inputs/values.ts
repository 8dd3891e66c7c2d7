import { API_KINDS, type ApiKind } from '../model/api-kind.js';
import { isRegionName } from '../model/region.js';
import { normalizeSelector, parseSelector } from '../model/selector.js';
import { parseBaseUrlTemplate } from '../probe/endpoint.js';
import { type Field, listOf, quote, refuseItems } from './parser.js';

/* The parsers of single inputs. */

/** The methods of REST and HTTP APIs that a smoke test can send; `ANY` is no HTTP method. */
const HTTP_METHODS = ['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/**
 * More than any region holds: 600 regional and 600 private APIs, 120 edge-optimised ones, 10 stages each
 * (API Gateway Developer Guide, "Amazon API Gateway quotas and important notes").
 */
const MAX_API_IDS = 2000;
const MAX_STAGES = 500;

/**
 * Ids and selectors (`name:…`, `tag:…=…`, `stack:…`) in the order given, or `'*'` for every API of the
 * region; none where nobody gave any.
 */
export function apiIds(text: string, field: Field): readonly string[] | '*' {
  const { refuse } = field;
  const items = [...new Set(listOf(text).map(normalizeSelector))];
  if (items.includes('*')) {
    if (items.length > 1) refuse('* already means every API; leave the other ids out.');
    return '*';
  }
  if (items.length > MAX_API_IDS) {
    refuse(`names ${items.length} APIs, and ${MAX_API_IDS} is the most. Use several jobs.`);
    return items;
  }
  const refused = items.filter((item) => parseSelector(item) === null);
  const startsWith = (prefix: string) => (item: string) => item.startsWith(prefix);
  const isOfAny = (item: string) => FORMS.some(([prefix]) => item.startsWith(prefix));
  for (const [prefix, why] of FORMS) refuseItems(refused.filter(startsWith(prefix)), why, field);
  refuseItems(
    refused.filter((item) => !isOfAny(item)),
    'is not an API id. An id is letters and digits alone, such as a1b2c3d4e5: the first label of the invoke URL. An API can also be named as name:orders, tag:team=payments or stack:my-stack.',
    field,
  );
  return items;
}

/** What a selector of each prefix must look like. */
const FORMS: readonly (readonly [prefix: string, why: string])[] = [
  ['name:', 'names no API. Write the name of the API behind it, such as name:orders.'],
  ['tag:', 'is no tag. Write its key and its value, such as tag:team=payments.'],
  [
    'stack:',
    'is not the name of a stack. Write stack:my-stack, or stack:my-stack/OrdersApi for one of its APIs by its logical id. A stack name is letters, digits and hyphens.',
  ],
];

/** Kinds of API, in the order in which they are read. */
export function apiTypes(text: string, field: Field): readonly ApiKind[] {
  const names = listOf(text).map((name) => name.toUpperCase());
  const known: readonly string[] = API_KINDS;
  if (names.length === 0) {
    field.refuse(`names no kind of API. Choose from ${API_KINDS.join(', ')}.`);
  }
  refuseItems(
    names.filter((name) => !known.includes(name)),
    `is no kind of API. Choose from ${API_KINDS.join(', ')}.`,
    field,
  );
  return API_KINDS.filter((kind) => names.includes(kind));
}

/** Stage names, or `'*'` for every stage. */
export function stages(text: string, field: Field): readonly string[] | '*' {
  const names = listOf(text);
  if (names.length === 0 || (names.length === 1 && names[0] === '*')) return '*';
  if (names.length > MAX_STAGES) {
    field.refuse(`names ${names.length} stages, and ${MAX_STAGES} is the most.`);
    return [];
  }
  // "Stage names can only contain alphanumeric characters, hyphens, and underscores. Maximum
  // length is 128 characters." (API Gateway API Reference, CreateStage) Of HTTP APIs, $default is one, too
  // (API Gateway Developer Guide, "Stages for HTTP APIs").
  refuseItems(
    names.filter((name) => name !== '$default' && !/^[A-Za-z0-9_-]{1,128}$/.test(name)),
    'cannot be a stage name. Stage names have letters, digits, - and _, 128 at most; an HTTP API may have $default.',
    field,
  );
  return names;
}

/** More globs than anybody writes. */
const MAX_GLOBS = 200;

/** Globs of files, separated by commas or lines; a comma within braces is the glob's own. */
export function globs(text: string, { refuse }: Field): readonly string[] {
  const items = text.split(/[\r\n]+/).flatMap(listOfGlobs);
  const given = [...new Set(items.filter((item) => item !== ''))];
  if (given.length > MAX_GLOBS) {
    refuse(`has ${given.length} globs, and ${MAX_GLOBS} is the most. Use a wider glob.`);
    return [];
  }
  if (given.length > 0 && given.every((it) => it.startsWith('!'))) {
    refuse('only takes files away. Name the files that are to be judged, too.');
  }
  return given;
}

/** The globs of a line. A comma between braces is the glob's own; a brace that is not closed is none. */
function listOfGlobs(line: string): string[] {
  const characters = [...line];
  const open: number[] = [];
  const closed = new Set<number>();
  characters.forEach((character, at) => {
    if (character === '{') open.push(at);
    const start = character === '}' ? open.pop() : undefined;
    if (start !== undefined) closed.add(start).add(at);
  });
  const items = [''];
  let depth = 0;
  characters.forEach((character, at) => {
    if (closed.has(at)) depth += character === '{' ? 1 : -1;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  });
  return items.map((item) => item.trim());
}

/** Paths of files, in the order given. */
export function paths(text: string): readonly string[] {
  return listOf(text);
}

/** The region that is given, else the one of the SDK's own variables; `''` where there is none. */
export function region(text: string, { environment, refuse }: Field): string {
  const name = text || environment.AWS_REGION?.trim() || environment.AWS_DEFAULT_REGION?.trim();
  if (!name) return '';
  if (!isRegionName(name)) {
    refuse(`${quote(name)} is not an AWS region, such as eu-west-1.`);
  }
  return name;
}

/** The number of a shard, as the matrix has it. */
export function shardName(text: string, { refuse }: Field): string {
  if (!/^\d{1,3}$/.test(text)) {
    refuse(
      `${quote(text)} is not the number of a shard, such as 003: give it \${{ matrix.shard }}.`,
    );
  }
  return text.padStart(3, '0');
}

/** HTTP methods, and CONNECT for a signed handshake with a WebSocket API, in capitals. */
export function smokeMethods(text: string, field: Field): readonly string[] {
  const names = listOf(text).map((name) => name.toUpperCase());
  if (names.length === 0) {
    field.refuse('names no method. To send no request at all, set smoke-test: false.');
  }
  const known: readonly string[] = [...HTTP_METHODS, 'CONNECT'];
  refuseItems(
    names.filter((name) => !known.includes(name)),
    `is not an HTTP method of API Gateway. Choose from ${known.join(', ')}.`,
    field,
  );
  return names;
}

/** A base URL, with placeholders or without. */
export function endpointUrl(text: string, { refuse }: Field): string {
  const parsed = parseBaseUrlTemplate(text);
  if (parsed.ok) return parsed.value;
  refuse(`${quote(withoutSecrets(text))} ${parsed.why}`);
  return text;
}

/** A URL without the parts that can hold a password or a token: what is refused is shown in the log. */
function withoutSecrets(url: string): string {
  const end = url.search(/[?#]/);
  const address = end < 0 ? url : url.slice(0, end);
  const at = address.lastIndexOf('@');
  const shown = at < 0 ? address : `***@${address.slice(at + 1)}`;
  return end < 0 ? shown : `${shown}${url[end]}***`;
}

/** The ARN of an IAM role. */
export function roleArn(text: string, { refuse }: Field): string {
  if (!/^arn:aws[a-z-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(text)) {
    refuse(`${quote(text)} is not the ARN of a role, such as arn:aws:iam::ACCOUNT:role/invoker.`);
  }
  return text;
}

/** The name of an IAM group. */
export function groupName(text: string, { refuse }: Field): string {
  // IAM API Reference, GetGroup: GroupName is up to 128 of [\w+=,.@-].
  if (!/^[\w+=,.@-]{1,128}$/.test(text)) {
    refuse(
      `${quote(text)} is not the name of an IAM group. Give the name alone, such as api-callers, not its ARN.`,
    );
  }
  return text;
}

/** Long enough for any name; GitHub documents no limit, and shows little more. */
const MAX_CHECK_RUN_NAME = 100;

/** The name of a check run. */
export function checkRunName(text: string, { refuse }: Field): string {
  if (['true', 'false'].includes(text.toLowerCase())) {
    refuse(`${quote(text)} would be its name. Give the check run a name, or leave the input out.`);
  } else if (text.length > MAX_CHECK_RUN_NAME || /\p{C}/u.test(text)) {
    refuse(`${quote(text)} is no name of one line and at most ${MAX_CHECK_RUN_NAME} characters.`);
  }
  return text;
}
