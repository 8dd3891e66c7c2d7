// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluateInvocation } from '../../../emulator/access/evaluate.js';
import { judge } from '../../../src/rules/judge.js';
import { apiOf, read, rowsOf } from '../evidence-builder.js';

/*
 * What the rule calls public, against strangers who really knock: each policy is asked, by an evaluator
 * that was written apart, about every combination of what a stranger may hold for the keys that it
 * names. A stranger has none of the values below that are fixed, may lack any key, and sends what it
 * likes for keys that are its own to choose.
 */

const OWNER = '111122223333';
const RESOURCE = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod/GET/pets`;

/** What a key is compared with: fixed values, values that are none, and what strangers hold. */
interface Key {
  readonly name: string;
  readonly operators: readonly string[];
  readonly fixed: readonly string[];
  readonly loose: readonly string[];
  /** `null`: the request has no such key. */
  readonly strangers: readonly (string | null)[];
}

const TEXT = ['StringEquals', 'StringEqualsIgnoreCase', 'StringLike'];
const TRUSTED: readonly Key[] = [
  {
    name: 'aws:SourceVpc',
    operators: TEXT,
    fixed: ['vpc-0a1b2c3d4e5f60718', 'vpc-1a2b3c4d'],
    loose: ['vpc-*', 'vpc-0a1b2c3d4e5f6071*', 'vpc-0a1b2c3d4e5f6071?', '${aws:SourceVpc}'],
    strangers: [null, 'vpc-0a1b2c3d4e5f60719', 'vpc-ffffffff'],
  },
  {
    name: 'AWS:sourcevpce',
    operators: TEXT,
    fixed: ['vpce-0123456789abcdef0'],
    loose: ['*', 'vpce-0123*', 'vpce-0?23456789abcdef0', 'vpce-0123456789abcdef${aws:username}'],
    strangers: [null, 'vpce-0123456789abcdeff', 'vpce-0923456789abcdef0'],
  },
  {
    name: 'aws:PrincipalOrgID',
    operators: TEXT,
    fixed: ['o-a1b2c3d4e5'],
    loose: ['o-*', 'o-a1b2c3d4e5*', '${aws:PrincipalOrgID}', '${aws:ResourceOrgID}'],
    strangers: [null, 'o-zzzzzzzzzz', 'o-a1b2c3d4e5zz'],
  },
  {
    name: 'aws:PrincipalOrgPaths',
    operators: ['ForAnyValue:StringLike', 'ForAnyValue:StringEquals'],
    fixed: ['o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/'],
    loose: ['o-a1b2c3d4e5*/r-ab12/', 'o-*/r-ab12/*', '*/ou-ab12-11111111/'],
    strangers: [
      null,
      'o-a1b2c3d4e5zz/r-ab12/',
      'o-zzzzzzzzzz/r-ab12/ou-1/',
      'o-z/ou-ab12-11111111/',
    ],
  },
  {
    name: 'aws:PrincipalAccount',
    operators: TEXT,
    fixed: [OWNER, '444455556666'],
    loose: ['*', '1111????????', '4444555566*', '${aws:PrincipalAccount}'],
    strangers: [null, '999988887777', '111199998888', '444455556677'],
  },
  {
    name: 'aws:PrincipalArn',
    operators: ['ArnEquals', 'ArnLike', 'StringLike'],
    fixed: [`arn:aws:iam::${OWNER}:role/admin`, `arn:aws:iam::${OWNER}:role/*`],
    loose: [
      '*',
      'arn:aws:iam::*:role/admin',
      'arn:*:iam::*:role/*',
      'arn:aws:iam::1111????????:role/*',
      'arn:aws:iam::${aws:PrincipalAccount}:role/*',
    ],
    strangers: [null, 'arn:aws:iam::999988887777:role/admin', 'arn:aws:iam::111199998888:role/x'],
  },
  {
    // No wildcard of StringLike stops at a colon, and paths of users may hold colons.
    name: 'aws:PrincipalARN',
    operators: ['StringLike'],
    fixed: [`arn:aws:iam::${OWNER}:user/*`],
    loose: [`arn:*:${OWNER}:role/*`, `arn:aws:*:${OWNER}:*`, `arn?aws:iam:*:${OWNER}:role/b`],
    strangers: [
      null,
      'arn:aws:iam::999988887777:role/b',
      `arn:aws:iam::999988887777:user/a:${OWNER}:role/b`,
    ],
  },
  {
    name: 'aws:SourceIp',
    operators: ['IpAddress'],
    fixed: ['203.0.113.0/24', '15.0.0.0/8', '10.0.0.0/8', '2001:db8::/32', '203.0.113.7'],
    loose: ['0.0.0.0/0', '8.0.0.0/7', '128.0.0.0/1', '2001:d00::/24', '::/0', '2000::/3'],
    strangers: [null, '9.9.9.9', '129.0.0.1', '8.8.8.8', '2001:db9::1', '2a00::1'],
  },
];

const OPEN: readonly Key[] = [
  {
    name: 'aws:Referer',
    operators: ['StringEquals', 'StringLike'],
    fixed: [],
    loose: ['https://example.com', 'x'],
    strangers: [null, 'https://example.com', 'x', 'other'],
  },
  {
    name: 'aws:PrincipalTag/team',
    operators: ['StringEquals'],
    fixed: [],
    loose: ['shop', 'true'],
    strangers: [null, 'shop', 'true', 'other'],
  },
  {
    name: 'aws:VpcSourceIp',
    operators: ['IpAddress'],
    fixed: [],
    loose: ['10.0.0.0/8', '172.31.0.0/16'],
    strangers: [null, '10.0.0.5', '172.31.0.5', '192.168.0.5'],
  },
  {
    name: 'aws:MultiFactorAuthPresent',
    operators: ['Bool'],
    fixed: [],
    loose: ['true', 'false'],
    strangers: [null, 'true', 'false'],
  },
];

/** What AWS's own services alone have set to true; anonymous requests lack the first. */
const SERVICES: readonly Key[] = ['aws:PrincipalIsAWSService', 'aws:ViaAWSService'].map((name) => ({
  name,
  operators: ['Bool', 'BoolIfExists'],
  fixed: [],
  loose: ['true', 'false'],
  strangers: [null, 'false'],
}));

const KEYS = [...TRUSTED, ...OPEN, ...SERVICES];

interface Made {
  readonly key: Key;
  readonly operator: string;
  readonly values: readonly string[];
}

function negate(operator: string): string {
  const [quantifier, base] = operator.includes(':') ? operator.split(':') : [null, operator];
  const negated =
    base === 'IpAddress' ? 'NotIpAddress' : (base ?? '').replace(/^(String|Arn)/, '$1Not');
  return quantifier === null ? negated : `${quantifier}:${negated}`;
}

function condition(of: readonly Key[]): fc.Arbitrary<Made> {
  return fc.constantFrom(...of).chain((key) =>
    fc
      .record({
        operator: fc.constantFrom(...key.operators),
        isNegated: fc.boolean(),
        ifExists: fc.boolean(),
        isNull: fc.integer({ min: 0, max: 9 }).map((it) => it === 0),
        isLoose: fc.integer({ min: 0, max: 3 }).map((it) => it === 0),
        fixed: fc.array(fc.constantFrom(...(key.fixed.length > 0 ? key.fixed : key.loose)), {
          minLength: 1,
          maxLength: 2,
        }),
        loose: fc.constantFrom(...key.loose),
        whether: fc.constantFrom('true', 'false'),
      })
      .map(({ operator, isNegated, ifExists, isNull, isLoose, fixed, loose, whether }): Made => {
        if (isNull) return { key, operator: 'Null', values: [whether] };
        const isBool = operator.startsWith('Bool');
        const named = isNegated && !isBool ? negate(operator) : operator;
        return {
          key,
          operator: ifExists && !named.endsWith('IfExists') ? `${named}IfExists` : named,
          values: isBool ? [loose] : isLoose ? [...fixed, loose] : fixed,
        };
      }),
  );
}

function conditions(of: readonly Key[], maxLength: number): fc.Arbitrary<readonly Made[]> {
  return fc.uniqueArray(condition(of), {
    maxLength,
    selector: ({ key, operator }) => `${operator} ${key.name.toLowerCase()}`,
  });
}

function statement(effect: string, made: readonly Made[]): object {
  const blocks: Record<string, Record<string, readonly string[]>> = {};
  for (const { key, operator, values } of made) {
    blocks[operator] = { ...blocks[operator], [key.name]: values };
  }
  return {
    Effect: effect,
    Principal: '*',
    Action: 'execute-api:Invoke',
    Resource: `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/*`,
    ...(made.length === 0 ? {} : { Condition: blocks }),
  };
}

function isCalledPublic(statements: readonly object[]): boolean {
  const api = apiOf({ 'GET /pets': 'AWS_IAM' });
  const rows = rowsOf({
    ...api,
    description: read({
      name: 'orders',
      endpointTypes: ['REGIONAL'],
      defaultEndpointDisabled: false,
      tags: {},
      status: null,
      statusMessage: null,
      policy: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    }),
  });
  const access = { region: 'eu-west-1', partition: 'aws', accountId: OWNER, group: null };
  const evidence = { apis: [api], listing: null };
  const found = judge({ evidence, rows, observations: [], invoked: rows, access }).map(
    ({ rule }) => rule,
  );
  expect(found).not.toContain('unreadable');
  return found.includes('public-principal');
}

/** Every stranger, as the keys of its request. */
function* strangers(made: readonly Made[]): Generator<Map<string, readonly string[]>> {
  const named = new Map<string, Set<string | null>>();
  for (const { key } of made) {
    const name = key.name.toLowerCase();
    named.set(name, new Set([...(named.get(name) ?? []), ...key.strangers]));
  }
  const keys = [...named];
  function* from(index: number, held: Map<string, readonly string[]>): Generator<typeof held> {
    const [name, values] = keys[index] ?? [];
    if (name === undefined || values === undefined) {
      yield held;
      return;
    }
    for (const value of values) {
      const next = new Map(held);
      if (value !== null) next.set(name, [value]);
      yield* from(index + 1, next);
    }
  }
  yield* from(0, new Map());
}

/** A stranger whom a policy lets in; `undefined` where it lets in none. */
function strangerLetIn(
  statements: readonly object[],
  made: readonly Made[],
): Map<string, readonly string[]> | undefined {
  const resourcePolicy = JSON.stringify({ Version: '2012-10-17', Statement: statements });
  for (const keys of strangers(made)) {
    const { decision } = evaluateInvocation(
      { authorizationType: 'NONE', resource: RESOURCE },
      { identityPolicies: [], resourcePolicy, keys },
    );
    if (decision === 'allow') return keys;
  }
  return undefined;
}

describe('a policy that is not called public', () => {
  test('lets no stranger in, whatever it is made of', () => {
    let narrow = 0;
    fc.assert(
      fc.property(
        fc.array(conditions(KEYS, 2), { minLength: 1, maxLength: 2 }),
        fc.array(conditions(KEYS, 3), { maxLength: 2 }),
        (allows, denies) => {
          const statements = [
            ...allows.map((made) => statement('Allow', made)),
            ...denies.map((made) => statement('Deny', made)),
          ];
          if (isCalledPublic(statements)) return;
          narrow += 1;
          const all = [...allows, ...denies].flat();
          expect(strangerLetIn(statements, all)).toBeUndefined();
        },
      ),
      { numRuns: 700 },
    );
    expect(narrow).toBeGreaterThan(50);
  });

  test('has one at least with fixed values, or a deny that no stranger escapes', () => {
    // Nothing of the keys that strangers choose, alone or together, makes a policy narrow.
    const all = conditions([...OPEN, ...SERVICES], 3);
    fc.assert(
      fc.property(all, all, (allowed, denied) => {
        fc.pre(denied.length > 0);
        const statements = [statement('Allow', allowed), statement('Deny', denied)];
        // Of services alone a deny may speak of everybody: then nobody at all is let in.
        if (strangerLetIn(statements, [...allowed, ...denied]) !== undefined) {
          expect(isCalledPublic(statements)).toBe(true);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('a policy that is called public', () => {
  test('lets a stranger in, where allow and deny speak of different keys', () => {
    let open = 0;
    const disjoint = fc
      .tuple(conditions([...TRUSTED, ...OPEN], 2), fc.option(conditions(KEYS, 3), { nil: null }))
      .filter(([allowed, denied]) => {
        // What a missing key is to ForAnyValue and IfExists at once is not documented: such a deny is
        // not relied on. Nor is one that denies whoever lacks the key, and whoever has it.
        const isOdd = ({ operator }: Made): boolean =>
          operator.endsWith('IfExists') && /^ForAnyValue.*Not|^(?!.*Not|Bool)/.test(operator);
        if (denied?.some(isOdd)) return false;
        const all = [...allowed, ...(denied ?? [])].map(({ key }) => key.name.toLowerCase());
        return new Set(all).size === all.length;
      });
    fc.assert(
      fc.property(disjoint, ([allowed, denied]) => {
        const statements = [
          statement('Allow', allowed),
          ...(denied === null ? [] : [statement('Deny', denied)]),
        ];
        // Of what a variable stands for strangers are not asked: a value with one is never fixed.
        if (!isCalledPublic(statements) || JSON.stringify(statements).includes('${')) return;
        open += 1;
        expect(strangerLetIn(statements, [...allowed, ...(denied ?? [])])).toBeDefined();
      }),
      { numRuns: 700 },
    );
    expect(open).toBeGreaterThan(50);
  });
});
