import { describe, expect, test } from '@jest/globals';
import {
  type Caller,
  evaluateInvocation,
  type InvocationContext,
  type InvocationRequest,
  PolicyDocumentError,
} from '../../emulator/access/evaluate.js';

const OWNER = '111122221633';
const ARN = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod/GET/pets/7`;

const ann: Caller = {
  arn: `arn:aws:iam::${OWNER}:user/shop/ann`,
  accountId: OWNER,
  userId: 'AIDAANN',
};
const session: Caller = {
  arn: `arn:aws:sts::${OWNER}:assumed-role/deployer/ci`,
  accountId: OWNER,
  userId: 'AROADEPLOYER:ci',
  roleArn: `arn:aws:iam::${OWNER}:role/deployer`,
};
const partner: Caller = {
  arn: 'arn:aws:iam::999988887777:user/partner',
  accountId: '999988887777',
  userId: 'AIDAPARTNER',
};

type Fields = Readonly<Record<string, unknown>>;

function document(...statements: readonly Fields[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}

function identity(changes: Fields = {}): Fields {
  return { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...changes };
}

function resource(changes: Fields = {}): Fields {
  return { ...identity(), Principal: '*', ...changes };
}

const DENY = { Effect: 'Deny' };
/** A statement that is about something else: the side is silent. */
const ELSEWHERE = { Resource: 'arn:aws:execute-api:*:*:other/*' };

function keysOf(keys: Readonly<Record<string, string | readonly string[]>>) {
  return new Map(
    Object.entries(keys).map(([key, value]) => [key.toLowerCase(), [value].flat()] as const),
  );
}

function decide(
  request: Partial<InvocationRequest>,
  context: Partial<Omit<InvocationContext, 'keys'>> & {
    readonly keys?: Readonly<Record<string, string | readonly string[]>>;
  } = {},
): string {
  return evaluateInvocation(
    { authorizationType: 'AWS_IAM', resource: ARN, caller: ann, ...request },
    { identityPolicies: [], ...context, keys: keysOf(context.keys ?? {}) },
  ).decision;
}

/** What one identity statement alone decides for ann. */
function byIdentity(
  changes: Fields,
  keys: Readonly<Record<string, string | readonly string[]>> = {},
): string {
  return decide({}, { identityPolicies: [document(identity(changes))], keys });
}

/** What one resource statement alone decides. */
function byResource(changes: Fields, caller: Caller | undefined = ann): string {
  return decide(caller === undefined ? { authorizationType: 'NONE' } : { caller }, {
    resourcePolicy: document(resource(changes)),
  });
}

const IDENTITY = {
  allow: [document(identity())],
  silent: [document(identity(ELSEWHERE))],
  deny: [document(identity(), identity(DENY))],
};

/** A principal that names each of the callers: what only the account allows has tests of its own. */
const NAMED = { Principal: { AWS: [ann.arn, partner.arn, session.roleArn] } };
const RESOURCE = {
  allow: document(resource(NAMED)),
  silent: document(resource({ ...NAMED, ...ELSEWHERE })),
  deny: document(resource(NAMED), resource({ ...NAMED, ...DENY })),
  none: undefined,
};

type Side = 'allow' | 'silent' | 'deny';
const [IN, OUT, DENIED] = ['allow', 'implicit-deny', 'explicit-deny'];

// Source: API Gateway developer guide, "How API Gateway resource policies affect authorization
// workflow", tables A and B. Without a resource policy that side is silent.
describe('the outcome tables', () => {
  test.each<[Side, Side | 'none', string | undefined, string | undefined]>([
    // identity, resource, same account, another account
    ['allow', 'allow', IN, IN],
    ['allow', 'silent', IN, OUT],
    ['allow', 'none', IN, OUT],
    ['allow', 'deny', DENIED, DENIED],
    ['silent', 'allow', IN, OUT],
    ['silent', 'silent', OUT, OUT],
    ['silent', 'none', OUT, OUT],
    ['silent', 'deny', DENIED, DENIED],
    ['deny', 'allow', DENIED, DENIED],
    ['deny', 'silent', DENIED, DENIED],
    ['deny', 'none', DENIED, DENIED],
    ['deny', 'deny', DENIED, DENIED],
  ])('AWS_IAM: identity %s, resource %s: %s; across accounts: %s', (one, other, same, cross) => {
    const policy = RESOURCE[other];
    const context = {
      identityPolicies: IDENTITY[one],
      ...(policy === undefined ? {} : { resourcePolicy: policy }),
    };
    expect(decide({ caller: ann }, context)).toBe(same);
    expect(decide({ caller: session }, context)).toBe(same);
    expect(decide({ caller: partner }, context)).toBe(cross);
  });

  test.each<[InvocationRequest['authorizationType'], string, string | undefined]>([
    ['NONE', 'none', IN],
    ['NONE', 'allow', IN],
    ['NONE', 'silent', OUT],
    ['NONE', 'deny', DENIED],
    ['COGNITO_USER_POOLS', 'none', IN],
    ['COGNITO_USER_POOLS', 'allow', IN],
    ['COGNITO_USER_POOLS', 'silent', OUT],
    ['COGNITO_USER_POOLS', 'deny', DENIED],
    ['CUSTOM', 'none', IN],
    ['CUSTOM', 'allow', IN],
    ['CUSTOM', 'silent', IN],
    ['CUSTOM', 'deny', DENIED],
  ])('%s: resource %s: %s', (authorizationType, side, expected) => {
    const policies: Readonly<Record<string, string>> = {
      allow: document(resource()),
      silent: document(resource(ELSEWHERE)),
      deny: document(resource(), resource(DENY)),
    };
    const resourcePolicy = policies[side];
    const request = { authorizationType, resource: ARN };
    const context = {
      identityPolicies: [],
      ...(resourcePolicy === undefined ? {} : { resourcePolicy }),
      keys: new Map(),
    };
    expect(evaluateInvocation(request, context).decision).toBe(expected);
  });

  test('a refusal says which side is missing', () => {
    const missing = (caller: Caller, identityPolicies: string[], resourcePolicy: string) =>
      evaluateInvocation(
        { authorizationType: 'AWS_IAM', resource: ARN, caller },
        { identityPolicies, resourcePolicy, keys: new Map() },
      ).missing;
    expect(missing(partner, IDENTITY.allow, RESOURCE.silent)).toBe('resource');
    expect(missing(partner, IDENTITY.silent, RESOURCE.allow)).toBe('identity');
    expect(missing(ann, IDENTITY.deny, RESOURCE.allow)).toBe('identity');
    expect(missing(ann, IDENTITY.allow, RESOURCE.deny)).toBe('resource');
  });

  test('a private API without a policy lets nobody in', () => {
    const context = { identityPolicies: IDENTITY.allow, privateApi: true };
    expect(decide({}, context)).toBe(OUT);
    expect(decide({ authorizationType: 'NONE' }, context)).toBe(OUT);
    expect(decide({}, { ...context, resourcePolicy: RESOURCE.silent })).toBe(IN);
  });
});

// Source: IAM user guide, "AWS JSON policy elements: Principal" and "NotPrincipal".
describe('principals', () => {
  const root = `arn:aws:iam::${OWNER}:root`;

  test.each<[unknown, string | undefined, string | undefined, string | undefined]>([
    // principal, ann, a session of deployer, anonymous
    ['*', IN, IN, IN],
    [{ AWS: '*' }, IN, IN, IN],
    [{ AWS: ann.arn }, IN, OUT, OUT],
    [{ AWS: ['AIDAANN'] }, IN, OUT, OUT],
    [{ AWS: session.roleArn }, OUT, IN, OUT],
    [{ AWS: session.arn }, OUT, IN, OUT],
    [{ AWS: 'AROADEPLOYER' }, OUT, IN, OUT],
    [{ AWS: 'AROADEPLOY' }, OUT, OUT, OUT],
    // The account is named: its identity policies decide, and here they are silent.
    [{ AWS: OWNER }, OUT, OUT, OUT],
    [{ AWS: root }, OUT, OUT, OUT],
    [{ AWS: `arn:aws:iam::${OWNER}:user/*` }, OUT, OUT, OUT],
    [{ Service: '*' }, OUT, OUT, OUT],
    [{ Service: 'apigateway.amazonaws.com' }, OUT, OUT, OUT],
    [{ CanonicalUser: '*' }, OUT, OUT, OUT],
    [{ Federated: 'accounts.google.com', AWS: ann.arn }, IN, OUT, OUT],
  ])('%j', (Principal, user, role, anonymous) => {
    expect(byResource({ Principal })).toBe(user);
    expect(byResource({ Principal }, session)).toBe(role);
    const unsigned = evaluateInvocation(
      { authorizationType: 'NONE', resource: ARN },
      {
        identityPolicies: [],
        resourcePolicy: document(resource({ Principal })),
        keys: new Map(),
      },
    );
    expect(unsigned.decision).toBe(anonymous);
  });

  test('an account is enough across accounts, together with its own identity policies', () => {
    for (const AWS of ['999988887777', 'arn:aws:iam::999988887777:root']) {
      const resourcePolicy = document(resource({ Principal: { AWS } }));
      const context = { identityPolicies: IDENTITY.allow, resourcePolicy };
      expect(decide({ caller: partner }, context)).toBe(IN);
      expect(decide({ caller: partner }, { ...context, identityPolicies: [] })).toBe(OUT);
    }
  });

  test('an account that is denied is denied whole', () => {
    const resourcePolicy = document(resource({ ...DENY, Principal: { AWS: root } }));
    expect(decide({}, { identityPolicies: IDENTITY.allow, resourcePolicy })).toBe(DENIED);
  });

  test('NotPrincipal spares who is listed with account and role', () => {
    const denied = (NotPrincipal: unknown, caller: Caller) =>
      decide(
        { caller },
        {
          identityPolicies: IDENTITY.allow,
          resourcePolicy: document({ ...identity(DENY), NotPrincipal }),
        },
      );
    expect(denied({ AWS: [ann.arn, root] }, ann)).toBe(IN);
    expect(denied({ AWS: [ann.arn, OWNER] }, ann)).toBe(IN);
    expect(denied({ AWS: ann.arn }, ann)).toBe(DENIED);
    expect(denied({ AWS: root }, ann)).toBe(DENIED);
    expect(denied({ AWS: [session.arn, session.roleArn, root] }, session)).toBe(IN);
    expect(denied({ AWS: [session.arn, root] }, session)).toBe(DENIED);
    expect(denied('*', ann)).toBe(IN);
    const anonymous = evaluateInvocation(
      { authorizationType: 'NONE', resource: ARN },
      {
        identityPolicies: [],
        resourcePolicy: document(resource(), {
          ...identity(DENY),
          NotPrincipal: { AWS: [ann.arn, root] },
        }),
        keys: new Map(),
      },
    );
    expect(anonymous.decision).toBe(DENIED);
  });
});

describe('actions and resources', () => {
  test.each([
    ['execute-api:Invoke', IN],
    ['EXECUTE-API:invoke', IN],
    ['execute-api:*', IN],
    ['execute-api:Inv?ke', IN],
    ['*', IN],
    [['s3:GetObject', 'execute-api:Invoke'], IN],
    ['execute-api:InvalidateCache', OUT],
    ['execute-api:', OUT],
    [[], OUT],
  ])('Action %j: %s', (Action, expected) => {
    expect(byIdentity({ Action })).toBe(expected);
    const negated = document({ Effect: 'Allow', NotAction: Action, Resource: '*' });
    expect(decide({}, { identityPolicies: [negated] })).toBe(expected === IN ? OUT : IN);
  });

  const api = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3`;
  test.each([
    [ARN, IN],
    [`${api}/prod/GET/pets/*`, IN],
    [`${api}/prod/GET/*`, IN],
    [`${api}/*`, IN],
    [`${api}/*/pets/7`, IN],
    [`${api}/prod/GET/pets/?`, IN],
    ['arn:aws:execute-api:*:*:*', IN],
    ['*', IN],
    [`${api}/prod/GET/pets`, OUT],
    [`${api}/prod/GET/pets/{id}`, OUT],
    [`${api}/prod/GET/pets/??`, OUT],
    [`${api}/prod/get/pets/7`, OUT],
    [`${api}/dev/*`, OUT],
    [`arn:aws-cn:execute-api:eu-west-1:${OWNER}:a1b2c3/*`, OUT],
    ['', OUT],
  ])('Resource %s: %s', (Resource, expected) => {
    expect(byIdentity({ Resource })).toBe(expected);
    const negated = document({ Effect: 'Allow', Action: '*', NotResource: Resource });
    expect(decide({}, { identityPolicies: [negated] })).toBe(expected === IN ? OUT : IN);
  });

  test('the shorthand belongs to resource policies', () => {
    for (const Resource of ['execute-api:/*', 'execute-api:/prod/GET/pets/*'])
      expect([byResource({ Resource }), byIdentity({ Resource })]).toEqual([IN, OUT]);
    expect(byResource({ Resource: 'execute-api:/dev/*' })).toBe(OUT);
  });

  test('a statement without a list is a list of one', () => {
    const policy = JSON.stringify({ Version: '2012-10-17', Statement: identity() });
    expect(decide({}, { identityPolicies: [policy] })).toBe(IN);
  });
});

// Source: IAM user guide, "IAM policy elements: Variables and tags".
describe('policy variables', () => {
  const keys = { 'aws:username': 'ann', 'aws:userid': '*', 'aws:many': ['a', 'b'] };
  const path = (rest: string) => ({ Resource: `arn:aws:execute-api:*:*:a1b2c3/prod/GET/${rest}` });
  const asked = (rest: string, changes: Fields, version = '2012-10-17') =>
    decide(
      { resource: `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3/prod/GET/${rest}` },
      {
        identityPolicies: [JSON.stringify({ Version: version, Statement: [identity(changes)] })],
        keys,
      },
    );

  test('in a resource', () => {
    expect(asked('ann/x', path(`\${aws:username}/*`))).toBe(IN);
    expect(asked('ann/x', path(`\${AWS:UserName}/*`))).toBe(IN);
    expect(asked('bob/x', path(`\${aws:username}/*`))).toBe(OUT);
    expect(asked('ann', path(`\${aws:PrincipalTag/team, 'ann'}`))).toBe(IN);
    expect(asked('ann', path(`\${aws:PrincipalTag/team}`))).toBe(OUT);
    expect(asked('a', path(`\${aws:many}`))).toBe(OUT);
  });

  test('bring in text, never wildcards', () => {
    expect(asked('x', path(`\${aws:userid}`))).toBe(OUT);
    expect(asked('*', path(`\${aws:userid}`))).toBe(IN);
    expect(asked('*?$', path(`\${*}\${?}\${$}`))).toBe(IN);
    expect(asked('abc', path(`\${*}`))).toBe(OUT);
  });

  test('exist since 2012-10-17', () => {
    expect(asked('ann', path(`\${aws:username}`), '2008-10-17')).toBe(OUT);
    expect(asked(`\${aws:username}`, path(`\${aws:username}`), '2008-10-17')).toBe(IN);
  });

  test('in a condition; without a value they are equal to nothing', () => {
    const on = (operator: string, value: string) =>
      byIdentity(
        { Condition: { [operator]: { 'aws:referer': value } } },
        {
          ...keys,
          'aws:referer': 'ann',
        },
      );
    expect(on('StringEquals', `\${aws:username}`)).toBe(IN);
    expect(on('StringEquals', `\${aws:nothing}`)).toBe(OUT);
    expect(on('StringNotEquals', `\${aws:nothing}`)).toBe(IN);
    expect(on('StringLike', `a\${aws:nothing}*`)).toBe(OUT);
    const Condition = {
      ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::1:user/\${aws:username}` },
    };
    const named = (arn: string) => byIdentity({ Condition }, { ...keys, 'aws:principalarn': arn });
    expect(named('arn:aws:iam::1:user/ann')).toBe(IN);
    expect(named('arn:aws:iam::1:user/bob')).toBe(OUT);
    const account = { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::\${aws:PrincipalAccount}:*` } };
    expect(
      byIdentity(
        { Condition: account },
        { 'aws:principalarn': 'arn:aws:iam::1:user/ann', 'aws:principalaccount': '1' },
      ),
    ).toBe(IN);
  });
});

test('what is no policy is refused', () => {
  for (const policy of [
    '{',
    '[]',
    '{}',
    document({ Effect: 'Perhaps' }),
    document({ Effect: 'Allow', Resource: '*' }),
    document({ Effect: 'Allow', Action: '*' }),
    document(identity({ NotAction: '*' })),
    document(identity({ Action: 7 })),
    document(identity({ Condition: [] })),
    document(identity({ Condition: { StringEquals: 'x' } })),
    document(identity({ Condition: { StringIs: { 'aws:username': 'x' } } })),
  ])
    expect(() => decide({}, { identityPolicies: [policy] })).toThrow(PolicyDocumentError);
});
