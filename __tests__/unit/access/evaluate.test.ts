// biome-ignore-all lint/suspicious/noTemplateCurlyInString: IAM spells its policy variables so
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  ANN,
  API_ARN,
  allow,
  BOB,
  caller,
  decide,
  deny,
  identity,
  method,
  OWNER,
  resource,
  STRANGER,
} from './policies.js';

type Said = 'allow' | 'silent' | 'deny';

function ownSays(said: Said) {
  if (said === 'silent') return identity(allow({ Action: 's3:GetObject' }));
  return identity(said === 'allow' ? allow() : deny());
}

function apiSays(said: Said) {
  const everybody = { Principal: '*' };
  if (said === 'silent') return resource(allow({ ...everybody, Resource: `${API_ARN}/dev/*` }));
  return resource(said === 'allow' ? allow(everybody) : deny(everybody));
}

describe('the outcome tables of API Gateway, "IAM authentication and resource policy"', () => {
  // identity policy, resource policy, caller of the API's account, caller of another account
  test.each<[Said, Said, string, string]>([
    ['allow', 'allow', 'allow', 'allow'],
    ['allow', 'silent', 'allow', 'implicit'],
    ['allow', 'deny', 'explicit', 'explicit'],
    ['silent', 'allow', 'allow', 'implicit'],
    ['silent', 'silent', 'implicit', 'implicit'],
    ['silent', 'deny', 'explicit', 'explicit'],
    ['deny', 'allow', 'explicit', 'explicit'],
    ['deny', 'silent', 'explicit', 'explicit'],
    ['deny', 'deny', 'explicit', 'explicit'],
  ])('identity policy: %s, resource policy: %s', (own, api, sameAccount, otherAccount) => {
    const outcome = (accountId: string): string => {
      const decision = decide({
        caller: caller({ accountId }),
        identity: ownSays(own),
        resource: apiSays(api),
      });
      return decision.may === 'deny' ? decision.how : decision.may;
    };
    expect(outcome(OWNER)).toBe(sameAccount);
    expect(outcome(STRANGER)).toBe(otherAccount);
  });

  test.each<[Said, string, string]>([
    ['allow', 'allow', 'deny'],
    ['silent', 'deny', 'deny'],
    ['deny', 'deny', 'deny'],
  ])('identity policy: %s, no resource policy', (own, sameAccount, otherAccount) => {
    expect(decide({ identity: ownSays(own) }).may).toBe(sameAccount);
    const stranger = caller({ accountId: STRANGER });
    expect(decide({ caller: stranger, identity: ownSays(own) }).may).toBe(otherAccount);
  });

  test('a private API without a resource policy lets nobody in', () => {
    expect(decide({ identity: ownSays('allow'), isPrivate: true }).may).toBe('deny');
    expect(
      decide({ identity: ownSays('allow'), isPrivate: true, resource: apiSays('allow') }).may,
    ).toBe('allow');
  });

  test('says each statement that decides, of both sides', () => {
    const named = (Sid: string) => ({ Sid, Principal: '*' });
    expect(
      decide({
        identity: identity(deny({ Sid: 'Own' })),
        resource: resource(allow({ Principal: '*' }), deny(named('Api'))),
      }),
    ).toEqual({
      may: 'deny',
      how: 'explicit',
      because: ['statement "Own" of identity policy', 'statement "Api" of resource policy'],
    });
    const bothAllow = {
      identity: identity(allow({ Sid: 'Own' })),
      resource: resource(allow(named('Api'))),
    };
    const by = ['statement "Own" of identity policy', 'statement "Api" of resource policy'];
    expect(decide(bothAllow)).toEqual({ may: 'allow', by });
    expect(decide({ ...bothAllow, caller: caller({ accountId: STRANGER }) })).toEqual({
      may: 'allow',
      by,
    });
  });

  test.each<[Said, Said, string[]]>([
    ['allow', 'silent', ["the API's resource policy"]],
    ['silent', 'allow', ["the caller's own policies"]],
    ['silent', 'silent', ["the caller's own policies", "the API's resource policy"]],
  ])('says which side another account lacks: %s, %s', (own, api, silent) => {
    expect(
      decide({
        caller: caller({ accountId: STRANGER }),
        identity: ownSays(own),
        resource: apiSays(api),
      }),
    ).toEqual({
      may: 'deny',
      how: 'implicit',
      because: [`from another account both sides must allow it; silent: ${silent.join(', ')}`],
    });
  });

  test.each([
    ['ANY /pets', ['the HTTP method']],
    ['$default $default', ['whether its ARN has the route or the path']],
  ])('depends on which request it is, where those to %s fare differently', (name, on) => {
    const [verb = ''] = name.split(' ');
    const Resource = verb === 'ANY' ? `${API_ARN}/prod/GET/*` : `${API_ARN}/prod/$default`;
    expect(decide({ method: method(name), identity: identity(allow({ Resource })) })).toEqual({
      may: 'depends',
      on,
    });
  });

  test.each<[string | string[], string[]]>([
    [[`${API_ARN}/prod/GET/pets/a*`], ['the path that is asked for']],
    [['arn:aws:execute-api:eu-west-1:*'], ['how AWS reads an ARN with fewer than six segments']],
    [
      ['arn:aws:execute-api:eu-west-1:*', `${API_ARN}/dev/*`],
      ['how AWS reads an ARN with fewer than six segments'],
    ],
    [
      ['arn:aws:execute-api:eu-west-1:*', `${API_ARN}/prod/GET/pets/a*`],
      ['the path that is asked for'],
    ],
  ])('depends on how a resource is read: %j', (Resource, on) => {
    expect(decide({ identity: identity(allow({ Resource })) })).toEqual({ may: 'depends', on });
  });

  test('depends on what both sides depend on', () => {
    const own = identity(allow({ Condition: { StringEquals: { 'aws:SourceVpc': 'vpc-1' } } }));
    const api = (...statements: object[]) => resource(...statements);
    const when = { Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } };
    const some = api(allow({ Principal: '*', ...when }));
    const both = { may: 'depends', on: ['aws:SourceIp', 'aws:SourceVpc'] };
    expect(decide({ identity: own, resource: some })).toEqual(both);
    const stranger = caller({ accountId: STRANGER });
    expect(decide({ caller: stranger, identity: own, resource: some })).toEqual(both);
    // An allow of either side is enough, and an allow of one side decides nothing for the other account.
    const all = api(allow({ Principal: '*' }));
    expect(decide({ identity: own, resource: all }).may).toBe('allow');
    expect(decide({ identity: identity(allow()), resource: some }).may).toBe('allow');
    expect(decide({ caller: stranger, identity: own, resource: all })).toEqual({
      may: 'depends',
      on: ['aws:SourceVpc'],
    });
    expect(decide({ caller: stranger, identity: identity(allow()), resource: some })).toEqual({
      may: 'depends',
      on: ['aws:SourceIp'],
    });
  });

  test('depends on what an action holds of which nobody knows the value', () => {
    const Action = 'execute-api:${aws:PrincipalTag/action}';
    expect(decide({ identity: identity(allow({ Action })) }).may).toBe('depends');
    expect(decide({ identity: identity(allow(), deny({ Action })) }).may).toBe('depends');
    expect(
      decide({ identity: identity(allow({ Action, Resource: `${API_ARN}/dev/*` })) }).may,
    ).toBe('deny');
  });

  test('says which statement denies, and what is missing', () => {
    expect(decide({ identity: identity(deny({ Sid: 'No' })) })).toEqual({
      may: 'deny',
      how: 'explicit',
      because: ['statement "No" of identity policy'],
    });
    expect(decide({ caller: caller({ accountId: STRANGER }), identity: ownSays('allow') })).toEqual(
      {
        may: 'deny',
        how: 'implicit',
        because: [
          "from another account both sides must allow it; silent: the API's resource policy",
        ],
      },
    );
  });
});

describe('a path with parameters is covered only where every request to it is', () => {
  test.each([
    ['/prod/GET/pets/*', 'allow'],
    ['/prod/GET/pets/?*', 'allow'],
    ['/prod/GET/*', 'allow'],
    ['/*/pets/*', 'allow'],
    ['/prod/*/pets/*', 'allow'],
    ['/prod/GET/pets/a*', 'depends'],
    ['/prod/GET/pets/?', 'depends'],
    ['/prod/GET/pets/*/toys', 'deny'],
    ['/prod/GET/pets/{id}', 'depends'],
    ['/prod/POST/pets/*', 'deny'],
    ['/dev/GET/pets/*', 'deny'],
    ['/prod/GET/pet', 'deny'],
    ['/prod/GET/pets/', 'deny'],
  ])('%s', (path, may) => {
    expect(decide({ identity: identity(allow({ Resource: `${API_ARN}${path}` })) }).may).toBe(may);
  });

  test('several patterns may cover it together, within a statement', () => {
    const halves = [`${API_ARN}/prod/GET/pets/?`, `${API_ARN}/prod/GET/pets/??*`];
    expect(decide({ identity: identity(allow({ Resource: halves })) }).may).toBe('allow');
  });

  test('a greedy parameter takes slashes, another does not', () => {
    const oneSegment = identity(deny({ Resource: `${API_ARN}/prod/GET/pets/*/*` }), allow());
    expect(decide({ identity: oneSegment }).may).toBe('allow');
    expect(decide({ identity: oneSegment, method: method('GET /pets/{proxy+}') }).may).toBe(
      'depends',
    );
  });

  test('ANY has the reason of each HTTP method', () => {
    const on = (...verbs: string[]) => ({
      Resource: verbs.map((verb) => `${API_ARN}/prod/${verb}/*`),
    });
    const any = method('ANY /pets', { stage: 'prod' });
    const all = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT'];
    const denied = (...verbs: string[]) =>
      decide({ method: any, identity: identity(deny({ Sid: 'A', ...on(...verbs) })) });
    expect(denied('GET', 'PUT')).toEqual({
      may: 'deny',
      how: 'implicit',
      because: [
        'no policy on either side allows it',
        'statement "A" of identity policy denies some of its requests',
      ],
    });
    expect(denied(...all)).toMatchObject({
      how: 'explicit',
      because: [expect.stringContaining('"A"')],
    });
    const two = identity(
      deny({ Sid: 'A', ...on('GET', 'PUT') }),
      deny({ Sid: 'B', ...on(...all.filter((verb) => verb !== 'GET')) }),
    );
    expect(decide({ method: any, identity: two })).toEqual({
      may: 'deny',
      how: 'explicit',
      because: ['B', 'A'].map((sid) => `statement "${sid}" of identity policy`),
    });
    const allows = identity(
      allow({ Sid: 'A', ...on('GET') }),
      allow({ Sid: 'B', ...on(...all.filter((verb) => verb !== 'GET')) }),
    );
    expect(decide({ method: any, identity: allows })).toEqual({
      may: 'allow',
      by: ['B', 'A'].map((sid) => `statement "${sid}" of identity policy`),
    });
  });

  test('ANY is every HTTP method', () => {
    const any = method('ANY /pets');
    const of = (...verbs: string[]) =>
      decide({
        method: any,
        identity: identity(
          allow({ Resource: verbs.map((verb) => `${API_ARN}/prod/${verb}/pets`) }),
        ),
      });
    expect(of('GET', 'POST')).toEqual({ may: 'depends', on: ['the HTTP method'] });
    expect(of('DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT').may).toBe('allow');
    expect(of('*').may).toBe('allow');
  });
});

describe('elements of a statement', () => {
  test.each([
    ['NotAction that leaves Invoke', { Action: undefined, NotAction: 's3:*' }, 'allow'],
    ['NotAction of Invoke', { Action: undefined, NotAction: 'execute-api:*' }, 'deny'],
    ['NotResource elsewhere', { Resource: undefined, NotResource: `${API_ARN}/dev/*` }, 'allow'],
    ['NotResource of it', { Resource: undefined, NotResource: `${API_ARN}/prod/GET/*` }, 'deny'],
    [
      'NotResource of a part of it',
      { Resource: undefined, NotResource: `${API_ARN}/prod/GET/pets/a*` },
      'depends',
    ],
    ['actions in any case', { Action: 'EXECUTE-API:invoke' }, 'allow'],
    ['a wildcard in the action', { Action: 'execute-api:I*' }, 'allow'],
    ['another partition', { Resource: 'arn:aws-cn:execute-api:*:*:*' }, 'deny'],
    ['every API', { Resource: 'arn:aws:execute-api:*:*:*' }, 'allow'],
    ['an ARN that ends early', { Resource: 'arn:aws:execute-api:*' }, 'depends'],
    ['an ARN that ends early elsewhere', { Resource: 'arn:aws:s3:*' }, 'deny'],
    ['an early end beside what suffices', { Resource: ['arn:aws:execute-api:*', '*'] }, 'allow'],
    ['an ARN without its account', { Resource: 'arn:aws:execute-api:*:a1b2c3/*' }, 'depends'],
    ['a wildcard over segments', { Resource: 'arn:aws:execute*1:a1b2c3/*' }, 'deny'],
    ['a variable', { Resource: `${API_ARN}/prod/GET/pets/\${aws:username}` }, 'depends'],
    [
      'a variable elsewhere in a list',
      { Resource: [`${API_ARN}/*`, `${API_ARN}/\${aws:username}`] },
      'allow',
    ],
  ])('%s', (_, parts, may) => {
    expect(decide({ identity: identity(allow(parts)) }).may).toBe(may);
  });

  test('an ARN that ends early is told as what it depends on', () => {
    const early = allow({ Resource: 'arn:aws:execute-api:*' });
    expect(decide({ identity: identity(early) })).toEqual({
      may: 'depends',
      on: ['how AWS reads an ARN with fewer than six segments'],
    });
    const path = allow({ Resource: ['arn:aws:execute-api:*', `${API_ARN}/prod/GET/pets/a*`] });
    expect(decide({ identity: identity(path) })).toEqual({
      may: 'depends',
      on: ['the path that is asked for'],
    });
  });

  test('the shorthand of resource policies', () => {
    const short = resource(allow({ Principal: '*', Resource: 'execute-api:/prod/GET/pets/*' }));
    expect(decide({ resource: short }).may).toBe('allow');
    expect(decide({ resource: short, method: method('POST /pets/{id}') }).may).toBe('deny');
  });

  test.each([
    ['the user', { AWS: ANN }, [ANN], 'allow'],
    ['one of the users', { AWS: ANN }, [ANN, BOB], 'depends'],
    ['all of the users', { AWS: [ANN, BOB] }, [ANN, BOB], 'allow'],
    ['another user', { AWS: BOB }, [ANN], 'deny'],
    ['a user, of nobody knows whom', { AWS: ANN }, [], 'depends'],
    ['the account alone, which delegates', { AWS: OWNER }, [ANN], 'deny'],
    ['everybody', { AWS: '*' }, [ANN], 'allow'],
    ['a service', { Service: 'apigateway.amazonaws.com' }, [ANN], 'deny'],
  ])('principal: %s', (_, Principal, userArns, may) => {
    expect(
      decide({ caller: caller({ userArns }), resource: resource(allow({ Principal })) }).may,
    ).toBe(may);
  });

  test('the account alone, together with the caller’s own allow from another account', () => {
    const partner = caller({ accountId: STRANGER, userArns: [`arn:aws:iam::${STRANGER}:user/p`] });
    expect(
      decide({
        caller: partner,
        identity: identity(allow()),
        resource: resource(allow({ Principal: { AWS: STRANGER } })),
      }).may,
    ).toBe('allow');
  });

  test('a deny of the account denies its users', () => {
    const given = {
      identity: identity(allow()),
      resource: resource(deny({ Principal: { AWS: `arn:aws:iam::${OWNER}:root` } })),
    };
    expect(decide(given).may).toBe('deny');
  });

  test.each([
    ['spares whom it names with the account', [ANN, OWNER], 'allow'],
    ['may not spare a user without the account', [ANN], 'depends'],
    ['denies all others', [STRANGER], 'deny'],
  ])('NotPrincipal %s', (_, aws, may) => {
    const spare = resource(deny({ NotPrincipal: { AWS: aws } }));
    expect(decide({ identity: identity(allow()), resource: spare }).may).toBe(may);
  });

  test.each([
    ['what is not known', { StringEquals: { 'aws:SourceVpce': 'vpce-1' } }, 'depends'],
    ['the account, right', { StringEquals: { 'aws:PrincipalAccount': OWNER } }, 'allow'],
    ['the account, wrong', { StringEquals: { 'AWS:principalaccount': STRANGER } }, 'deny'],
    ['not the account', { StringNotEquals: { 'aws:PrincipalAccount': OWNER } }, 'deny'],
    ['TLS', { Bool: { 'aws:SecureTransport': 'true' } }, 'allow'],
    ['no TLS', { Bool: { 'aws:SecureTransport': false } }, 'deny'],
    [
      'one that fails decides, whatever the others',
      {
        StringEquals: { 'aws:SourceVpce': 'vpce-1' },
        StringLike: { 'aws:PrincipalAccount': '2*' },
      },
      'deny',
    ],
    ['quantified', { 'ForAllValues:StringEquals': { 'aws:PrincipalAccount': OWNER } }, 'depends'],
    [
      'a variable',
      { StringEquals: { 'aws:PrincipalAccount': '${aws:PrincipalAccount}' } },
      'depends',
    ],
  ])('condition: %s', (_, Condition, may) => {
    expect(decide({ identity: identity(allow({ Condition })) }).may).toBe(may);
  });

  test('depends names each key once, of allows and of denies', () => {
    const vpc = { StringEquals: { 'aws:SourceVpc': 'vpc-1' } };
    const ip = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
    expect(
      decide({ identity: identity(allow({ Condition: vpc }), deny({ Condition: ip })) }),
    ).toEqual({ may: 'depends', on: ['aws:SourceIp', 'aws:SourceVpc'] });
  });
});

describe('whatever the policies', () => {
  const statement = fc
    .record({
      Effect: fc.constantFrom('Allow', 'Deny'),
      Action: fc.constantFrom('*', 'execute-api:*', 'execute-api:Invoke', 's3:*'),
      Resource: fc.constantFrom(
        '*',
        `${API_ARN}/*`,
        `${API_ARN}/prod/GET/pets/*`,
        `${API_ARN}/prod/GET/pets/a*`,
        `${API_ARN}/dev/*`,
      ),
      Condition: fc.constantFrom(
        undefined,
        { StringEquals: { 'aws:SourceVpc': 'vpc-1' } },
        { StringEquals: { 'aws:PrincipalAccount': OWNER } },
      ),
    })
    .map((it) => (it.Condition === undefined ? { ...it, Condition: {} } : it));
  const principal = fc.constantFrom('*', { AWS: OWNER }, { AWS: ANN }, { AWS: BOB });
  const statements = fc.array(statement, { minLength: 1, maxLength: 4 });
  const resourceStatement = fc
    .tuple(statement, principal)
    .map(([it, Principal]) => ({ ...it, Principal }));

  const RANK = { deny: 0, depends: 1, allow: 2 };

  test('one more deny never lets anybody in, one more allow never keeps anybody out', () => {
    fc.assert(
      fc.property(
        statements,
        fc.array(resourceStatement, { minLength: 1, maxLength: 4 }),
        statement,
        fc.constantFrom(OWNER, STRANGER),
        (own, api, extra, accountId) => {
          const question = { caller: caller({ accountId }), resource: resource(...api) };
          const before = decide({ ...question, identity: identity(...own) });
          const after = decide({ ...question, identity: identity(...own, extra) });
          const difference = RANK[after.may] - RANK[before.may];
          return extra.Effect === 'Deny' ? difference <= 0 : difference >= 0;
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('the order of statements decides nothing', () => {
    fc.assert(
      fc.property(statements, (own) => {
        expect(decide({ identity: identity(...own.toReversed()) }).may).toBe(
          decide({ identity: identity(...own) }).may,
        );
      }),
    );
  });
});

describe('a route without a path', () => {
  test.each([
    ['$connect', 'prod/$connect', 'allow'],
    ['$connect', 'prod/*', 'allow'],
    ['$connect', 'prod/$disconnect', 'deny'],
    ['$connect', 'prod/GET/*', 'deny'],
    ['$connect', '*/$connect', 'allow'],
    // Whether the resource is the route or the path is not documented.
    ['$default', 'prod/$default', 'depends'],
    ['$default', 'prod/*/*', 'depends'],
    ['$default', 'prod/*', 'allow'],
    ['$default', 'prod/GET/pets', 'depends'],
    ['$default', 'dev/*', 'deny'],
  ])('%s is invoked by %s: %s', (route, granted, may) => {
    const decision = decide({
      method: method(`${route} ${route}`),
      identity: identity(allow({ Resource: `${API_ARN}/${granted}` })),
    });
    expect(decision.may).toBe(may);
  });

  test('is of a stage that may be called $default', () => {
    const address = method('GET /pets', { stage: '$default' });
    const granted = identity(allow({ Resource: `${API_ARN}/$default/GET/pets` }));
    expect(decide({ method: address, identity: granted }).may).toBe('allow');
  });
});

test('a method of any stage is in for certain where every stage is, and depends where one is', () => {
  const may = (path: string) =>
    decide({
      method: method('GET /pets', { stage: null }),
      identity: identity(allow({ Resource: `${API_ARN}/${path}` })),
    }).may;
  expect(may('*')).toBe('allow');
  expect(may('*/GET/pets')).toBe('allow');
  expect(may('dev/*')).toBe('depends');
  expect(may('*/POST/*')).toBe('deny');
  expect(may('prod')).toBe('deny');
});
