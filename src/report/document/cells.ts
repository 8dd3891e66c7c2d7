import { AUTHORIZER_TYPES, REQUIRED_AUTHORIZATION_TYPE } from '../../config/requirement.js';
import { clip } from '../clip.js';
import type { Answer, ReportedMethod } from '../report.js';
import { type Content, join, name, prose, strong } from './content.js';

/** What a cell shows where a layer has no such method. */
export const ABSENT = 'absent';

const MAX_PATH_LENGTH = 300;
const MAX_WORD_LENGTH = 80;

/** API Gateway's own words, which need no escape. */
const KNOWN_TYPES: ReadonlySet<string> = new Set([
  'NONE',
  REQUIRED_AUTHORIZATION_TYPE,
  ...AUTHORIZER_TYPES,
]);

/** An authorization type; everything but AWS_IAM stands out. */
export function sayType(type: string | null): Content {
  if (type === null) return [ABSENT];
  if (type === REQUIRED_AUTHORIZATION_TYPE) return [type];
  return [strong(KNOWN_TYPES.has(type) ? type : prose(clip(type, MAX_WORD_LENGTH)))];
}

/** The requests of the smoke test, in the order in which they are told. */
const PROBES = ['unsigned', 'tampered', 'signed', 'control'] as const;

/** What each request must be answered with: anything else stands out. */
const AS_IT_MUST: Readonly<Record<(typeof PROBES)[number], ReadonlySet<string>>> = {
  unsigned: new Set(['missing-token', 'refused']),
  tampered: new Set(['wrong-signature', 'refused']),
  control: new Set(['no-such-method']),
  signed: new Set([
    'accepted',
    'redirected',
    'backend-error',
    'invalid-request',
    'integration-failure',
  ]),
};

/** `unsigned 403 missing-token, signed 200 accepted: proven`; why nothing was asked where nothing was. */
export function sayAnswers(method: ReportedMethod): Content {
  const answers = PROBES.flatMap((probe): Content[] => {
    const answer = method[probe] ?? null;
    if (answer === null) return [];
    const said = sayAnswer(answer);
    return [[`${probe} `, ...(AS_IT_MUST[probe].has(answer.answer) ? said : [strong(...said)])]];
  });
  if (answers.length === 0) {
    if (method.stage === null || method.notProbed === null) return [];
    return ['not asked: ', prose(clip(method.notProbed, MAX_PATH_LENGTH))];
  }
  const proof = method.proof ?? null;
  const isBad = proof === 'refuted' || proof === 'inconclusive';
  const proved: Content = proof === null ? [] : [': ', isBad ? strong(proof) : proof];
  const missing = (method.unproven ?? []).join('; ');
  return [
    ...join(answers, ', '),
    ...proved,
    ...(missing === ''
      ? []
      : [/^add /.test(missing) ? '; for a proof, ' : '; ', prose(clip(missing, MAX_PATH_LENGTH))]),
  ];
}

function sayAnswer({ status, answer }: Answer): Content {
  const word = /^[a-z-]+$/.test(answer) ? answer : prose(clip(answer, MAX_WORD_LENGTH));
  return status === null ? [word] : [`${status} `, word];
}

/** `GET /pets/{id}`; the usual HTTP methods stand as they are. */
export function sayMethod({ method, path }: Pick<ReportedMethod, 'method' | 'path'>): Content {
  // A route without a path is its key alone.
  if (path === method) return [name(clip(path, MAX_PATH_LENGTH))];
  const verb = /^[A-Z]{1,10}$/.test(method) ? method : name(clip(method, MAX_WORD_LENGTH));
  return [verb, ' ', name(clip(path, MAX_PATH_LENGTH))];
}
