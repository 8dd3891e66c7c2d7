// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { expect, test } from '@jest/globals';
import { coverageOf, takesAllOf } from '../../../src/access/evaluate.js';
import { requestsTo } from '../../../src/access/request-family.js';
import { API_ARN, allow, deny, method, policy } from './policies.js';

const [PETS] = requestsTo(method('GET /pets/{id}'));

/** Whether a deny takes all of `GET /pets/{id}` that an allow gives. */
function takes(deniedBy: object, allowedBy: object): boolean {
  const { document } = policy('identity', allow(allowedBy), deny(deniedBy));
  const [one, other] = document.statements;
  if (one === undefined || other === undefined || PETS === undefined)
    throw new Error('two, of one');
  return takesAllOf(other, one, document, PETS);
}

const ON = (path: string) => ({ Resource: `${API_ARN}/${path}` });

test.each<[string, object, object, boolean]>([
  ['everything, of everything', {}, {}, true],
  ['the path, of everything', ON('prod/GET/pets/*'), {}, true],
  ['everything, of a part', {}, ON('prod/GET/pets/a*'), true],
  ['a part, of the same part', ON('prod/GET/pets/a*'), ON('prod/GET/pets/a*'), true],
  ['a part, of less', ON('prod/GET/pets/a*'), ON('prod/GET/pets/ab*'), true],
  ['a part, of more', ON('prod/GET/pets/ab*'), ON('prod/GET/pets/a*'), false],
  ['a part, of everything', ON('prod/GET/pets/a*'), {}, false],
  ['another path, of a part', ON('prod/GET/orders/*'), ON('prod/GET/pets/a*'), false],
  ['another action, of a part', { Action: 's3:*' }, ON('prod/GET/pets/a*'), false],
  [
    'all but a part, of that part',
    { Resource: undefined, NotResource: `${API_ARN}/prod/GET/pets/a*` },
    ON('prod/GET/pets/a*'),
    false,
  ],
  [
    'all but a part, of another part',
    { Resource: undefined, NotResource: `${API_ARN}/prod/GET/pets/a*` },
    ON('prod/GET/pets/b*'),
    true,
  ],
  [
    'a part, by all but another action',
    { Action: undefined, NotAction: 's3:*', ...ON('prod/GET/pets/a*') },
    ON('prod/GET/pets/a*'),
    true,
  ],
  [
    'a part, by all but this action',
    { Action: undefined, NotAction: 'execute-api:Invoke', ...ON('prod/GET/pets/a*') },
    ON('prod/GET/pets/a*'),
    false,
  ],
  [
    'a part, by an action that nobody knows in full',
    { Action: 'execute-api:${aws:PrincipalTag/a}', ...ON('prod/GET/pets/a*') },
    ON('prod/GET/pets/a*'),
    false,
  ],
])('a deny takes %s', (_, deniedBy, allowedBy, expected) => {
  expect(takes(deniedBy, allowedBy)).toBe(expected);
});

test('an action that nobody knows in full is no action of which all is covered', () => {
  const { document } = policy('identity', allow({ Action: 'execute-api:${aws:PrincipalTag/a}' }));
  const [statement] = document.statements;
  if (statement === undefined || PETS === undefined) throw new Error('there is one');
  expect(coverageOf(statement, document, PETS)).toBe('some');
  // What was decided is decided once.
  expect(coverageOf(statement, document, PETS)).toBe('some');
});
