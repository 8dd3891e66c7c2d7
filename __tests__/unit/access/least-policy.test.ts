// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type InvokedMethod,
  leastPolicy,
  MANAGED_POLICY_LIMIT,
} from '../../../src/access/least-policy.js';
import { decide, method, OWNER, policy } from './policies.js';

const PLACE = { partition: 'aws', region: 'eu-west-1', account: OWNER };

function invoked(...names: readonly string[]): InvokedMethod[] {
  return names.map((name) => {
    const [verb = '', path = ''] = name.split(' ');
    return { apiId: 'a1b2c3', stage: 'prod', method: verb, path };
  });
}

/** The resources of a policy, without what they all begin with. */
function resourcesOf(document: string): string[] {
  const { Statement: statements } = JSON.parse(document);
  expect(statements).toHaveLength(1);
  const [{ Effect: effect, Action: action, Resource: resource }] = statements;
  expect([effect, action]).toEqual(['Allow', 'execute-api:Invoke']);
  const prefix = `arn:aws:execute-api:eu-west-1:${OWNER}:`;
  return [resource].flat().map((arn: string) => {
    expect(arn.startsWith(prefix)).toBe(true);
    return arn.slice(prefix.length);
  });
}

function least(methods: readonly InvokedMethod[], limit = MANAGED_POLICY_LIMIT) {
  const made = leastPolicy(methods, PLACE, limit);
  if (made === null) throw new Error('there is no policy');
  return made;
}

describe('the least policy', () => {
  test('keeps what stages of one API have apart, and what several APIs have', () => {
    const at = (apiId: string, stage: string, path: string): InvokedMethod => ({
      ...{ apiId, stage, path },
      method: 'GET',
    });
    const { document, isExact } = least([
      at('a1b2c3', 'prod', '/pets'),
      at('a1b2c3', 'dev', '/orders'),
      at('d4e5f6', 'prod', '/orders'),
    ]);
    expect(isExact).toBe(true);
    expect(resourcesOf(document).toSorted()).toEqual([
      'a1b2c3/dev/GET/orders',
      'a1b2c3/prod/GET/pets',
      'd4e5f6/prod/GET/orders',
    ]);
  });

  test.each([
    [['GET /a/{x}', 'GET /{y}'], ['GET/*']],
    [['GET /a/{x}/b', 'GET /{y}/b', 'GET /{z}'], ['GET/*']],
    [
      ['GET /a/b/{x}', 'GET /a/{y}', 'GET /c'],
      ['GET/a/*', 'GET/c'],
    ],
    [
      ['GET /aa/{x}', 'GET /a/{x}'],
      ['GET/a/*', 'GET/aa/*'],
    ],
    [
      ['GET /{x}/bb', 'GET /a/{y}'],
      ['GET/*/bb', 'GET/a/*'],
    ],
    [
      ['GET /{x}/b/{y}', 'GET /a/b'],
      ['GET/*/b/*', 'GET/a/b'],
    ],
    [['GET /{x}/b/{y}', 'GET /a/b/c'], ['GET/*/b/*']],
    [
      ['GET /{x}/bab', 'GET /q/ab'],
      ['GET/*/bab', 'GET/q/ab'],
    ],
  ])('has no ARN that another one covers, whatever comes first: %j', (methods, wanted) => {
    for (const names of [methods, methods.toReversed()]) {
      const { document } = least(invoked(...names));
      const resources = resourcesOf(document);
      expect(resources.toSorted()).toEqual(wanted.map((it) => `a1b2c3/prod/${it}`));
    }
  });

  test('fits where an ARN for each API does, and is none where that does not', () => {
    const many = (count: number): InvokedMethod[] =>
      Array.from({ length: count }, (_, index) => ({
        apiId: `api${String(index).padStart(7, '0')}`,
        ...{ stage: 'prod', method: 'GET', path: '/pets' },
      }));
    expect(leastPolicy(many(2_000), PLACE)).toBeNull();
    expect(leastPolicy(many(20), PLACE)).not.toBeNull();
    // Many methods of one API are never too many.
    const ofOne = Array.from({ length: 2_000 }, (_, index) => `GET /${'p'.repeat(20)}/${index}`);
    expect(leastPolicy(invoked(...ofOne), PLACE)).not.toBeNull();
  });

  test.each(['*', '{account}', '', OWNER])(
    'fits once the account stands in the place of "%s", and no other policy is left out',
    (account) => {
      const fits = new Set<boolean | undefined>();
      for (let count = 75; count <= 95; count += 1) {
        for (let length = 1; length <= 4; length += 1) {
          const methods = Array.from({ length: count }, (_, index) => ({
            ...{ apiId: 'a1b2c3', stage: 'prod', method: 'GET' },
            path: `/${'p'.repeat(length)}/${100 + index}/x`,
          }));
          const exact = leastPolicy(methods, PLACE);
          const made = leastPolicy(methods, { ...PLACE, account });
          expect(made?.isExact).toBe(exact?.isExact);
          const arn = (id: string) => `arn:aws:execute-api:eu-west-1:${id}:`;
          const filled = made?.document.replaceAll(arn(account), arn(OWNER)) ?? '';
          expect(filled).toBe(exact?.document);
          expect(filled.length).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
          fits.add(made?.isExact);
        }
      }
      // Some of them are larger than IAM takes, and some are not.
      expect([...fits].sort()).toEqual([false, true]);
    },
  );

  test('names the stage $default as it is called', () => {
    const { document } = least([
      { apiId: 'a1b2c3', stage: '$default', method: 'GET', path: '/pets' },
      { apiId: 'a1b2c3', stage: '$default', method: '$default', path: '$default' },
    ]);
    expect(resourcesOf(document)).toEqual(['a1b2c3/$default/$default', 'a1b2c3/$default/*/*']);
  });

  test.each([
    [['GET /pets'], ['GET/pets']],
    [['GET /'], ['GET/']],
    [['GET /pets/{id}'], ['GET/pets/*']],
    [['ANY /pets', 'GET /pets'], ['*/pets']],
    [
      ['GET /pets/{id}', 'GET /pets/{id}/toys', 'POST /pets/{id}'],
      ['GET/pets/*', 'POST/pets/*'],
    ],
    [['GET /files/{proxy+}', 'GET /files/a'], ['GET/files/*']],
    [
      ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'].map((verb) => `${verb} /pets`),
      ['*/pets'],
    ],
    [['$connect $connect'], ['$connect']],
    [
      ['$default $default', 'GET /pets', 'ANY /pets/{id}'],
      ['$default', '*/*'],
    ],
    [
      ['GET /what?', 'GET /$x'],
      ['GET/${$}x', 'GET/what${?}'],
    ],
  ])('of %j is %j', (names, resources) => {
    const { document, isExact } = least(invoked(...names));
    expect(resourcesOf(document)).toEqual(resources.map((it) => `a1b2c3/prod/${it}`));
    expect(isExact).toBe(true);
  });

  test('of nothing is none', () => {
    expect(leastPolicy([], PLACE)).toBeNull();
  });

  test('is widened where it is larger than IAM takes, the largest stage first', () => {
    const many = Array.from({ length: 300 }, (_, index) => `GET /orders/o${index}/lines`);
    const small = { apiId: 'z9y8x7', stage: 'dev', method: 'GET', path: '/health' };
    const { document, isExact } = least([...invoked(...many), small]);
    expect(isExact).toBe(false);
    expect(document.length).toBeLessThanOrEqual(MANAGED_POLICY_LIMIT);
    expect(resourcesOf(document)).toEqual(['a1b2c3/prod/GET/orders/*', 'z9y8x7/dev/GET/health']);
  });

  test.each<[string, string[], string[]]>([
    [
      'paths are shortened before the HTTP method is dropped',
      ['GET', 'DELETE'].flatMap((verb) =>
        Array.from({ length: 200 }, (_, index) => `${verb} /orders/o${index}/lines`),
      ),
      ['DELETE/orders/*', 'GET/orders/*'],
    ],
    [
      'any path of an HTTP method, where its first segments are many',
      Array.from({ length: 300 }, (_, index) => `GET /orders-of-${index}/lines`),
      ['GET/*'],
    ],
    [
      'of every HTTP method that is meant, and of no other',
      ['GET', 'PUT', 'POST'].flatMap((verb) =>
        Array.from({ length: 100 }, (_, index) => `${verb} /orders-of-${index}`),
      ),
      ['GET/*', 'POST/*', 'PUT/*'],
    ],
  ])('is widened by its paths: %s', (_, names, resources) => {
    const { document, isExact } = least(invoked(...names));
    expect(isExact).toBe(false);
    expect(resourcesOf(document)).toEqual(resources.map((it) => `a1b2c3/prod/${it}`));
  });

  test('drops the HTTP method last, before the stage', () => {
    const names = ['GET /a', 'PUT /b'];
    const sizeOf = (limit: number): string[] | null => {
      const made = leastPolicy(invoked(...names), PLACE, limit);
      return made === null ? null : resourcesOf(made.document);
    };
    const levels = new Set(
      Array.from({ length: 120 }, (_, index) => JSON.stringify(sizeOf(110 + 2 * index))),
    );
    expect([...levels]).toEqual(
      [null, ['a1b2c3/*'], ['a1b2c3/prod/*'], ['a1b2c3/prod/GET/a', 'a1b2c3/prod/PUT/b']].map(
        (it) => JSON.stringify(it),
      ),
    );
  });

  test('is widened stage by stage: what is small stays exact', () => {
    const many = Array.from({ length: 150 }, (_, index) => `GET /a/b/c/d/e${index}`);
    const others = [
      { apiId: 'a1b2c3', stage: 'dev', method: 'GET', path: '/a/b/c/d/e' },
      { apiId: 'z9y8x7', stage: 'prod', method: 'GET', path: '/a/b/c/d/e' },
    ];
    const { document, isExact } = least([...invoked(...many), ...others]);
    expect(isExact).toBe(false);
    expect(resourcesOf(document)).toEqual([
      'a1b2c3/dev/GET/a/b/c/d/e',
      'a1b2c3/prod/GET/a/b/c/*',
      'z9y8x7/prod/GET/a/b/c/d/e',
    ]);
  });

  test.each([
    [1, '/a/b/c/d/e', 'a/b/c/*'],
    [2, '/a/b/x/d/e', 'a/b/*'],
    [3, '/a/x/c/d/e', 'a/*'],
  ])('loses a segment of its paths at a time: %i', (_, path, expected) => {
    const many = Array.from(
      { length: 150 },
      (__, index) => `GET ${path.replace(/x|e/, `$&${index}`)}`,
    );
    const { document } = least(invoked(...many));
    expect(resourcesOf(document)).toEqual([`a1b2c3/prod/GET/${expected}`]);
  });

  test('has one ARN for stages that are all of one API, and fits where that does', () => {
    const stages = ['dev', 'prod', 'qa'].map((stage) => ({
      ...{ apiId: 'a1b2c3', stage, method: 'GET', path: '/a' },
    }));
    const exact = least(stages.slice(0, 1)).document;
    const whole = exact.replace('a1b2c3/dev/GET/a', 'a1b2c3/*');
    expect(least(stages, whole.length)).toEqual({ document: whole, isExact: false });
    expect(leastPolicy(stages, PLACE, whole.length - 1)).toBeNull();
  });

  test('is in no other order, whatever the order of the methods', () => {
    const names = ['GET /b', 'GET /a', 'POST /c/{id}'];
    const reversed = least(invoked(...names.toReversed())).document;
    expect(least(invoked(...names)).document).toBe(reversed);
  });

  test('is none where not even an ARN an API fits', () => {
    const apis = Array.from({ length: 200 }, (_, index) => ({
      apiId: `api${index}`,
      stage: 'prod',
      method: 'GET',
      path: '/',
    }));
    expect(leastPolicy(apis, PLACE)).toBeNull();
  });

  const segment = fc.constantFrom('pets', 'toys', '{id}', '{name}');
  const path = fc.array(segment, { maxLength: 3 }).map((segments) => `/${segments.join('/')}`);
  const name = fc
    .tuple(fc.constantFrom('GET', 'POST', 'ANY'), path)
    .map(([verb, of]) => `${verb} ${of}`);

  test('lets callers invoke each method, and no method that no ARN of another covers', () => {
    fc.assert(
      fc.property(fc.uniqueArray(name, { minLength: 1, maxLength: 8 }), name, (names, other) => {
        const { document } = least(invoked(...names));
        const own = [{ ...policy('identity', ...JSON.parse(document).Statement) }];
        for (const each of names) {
          expect(decide({ identity: own, method: method(each) }).may).toBe('allow');
        }
        const alone = names.map((each) => {
          const single = JSON.parse(least(invoked(each)).document).Statement;
          return policy('identity', ...single);
        });
        expect(decide({ identity: own, method: method(other) }).may).toBe(
          decide({
            identity: [{ name: 'together', document: joined(alone) }],
            method: method(other),
          }).may,
        );
      }),
    );
  });

  test('whatever the limit, it lets callers invoke each method', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(name, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 150, max: 700 }),
        (names, limit) => {
          const made = leastPolicy(invoked(...names), PLACE, limit);
          if (made === null) return;
          expect(made.document.length).toBeLessThanOrEqual(limit);
          const own = [policy('identity', ...JSON.parse(made.document).Statement)];
          for (const each of names) {
            expect(decide({ identity: own, method: method(each) }).may).toBe('allow');
          }
        },
      ),
    );
  });
});

/** One statement of all the resources: the evaluator sees what they cover together. */
function joined(policies: readonly ReturnType<typeof policy>[]) {
  const [first] = policies;
  const [statement] = first?.document.statements ?? [];
  if (first === undefined || statement === undefined) throw new Error('there is no statement');
  const patterns = policies.flatMap((it) =>
    it.document.statements.flatMap(({ resources }) => resources.patterns),
  );
  return {
    ...first.document,
    statements: [{ ...statement, resources: { negated: false, patterns } }],
  };
}
