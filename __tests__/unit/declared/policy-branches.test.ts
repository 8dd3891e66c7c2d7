import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { findingsOf } from '../rules/declared-builder.js';
import { declare } from './kit.js';

/* A resource policy whose parts depend on conditions and parameters is a policy for each of their values. */

interface World {
  readonly conditions: Readonly<Record<string, boolean>>;
  readonly parameters: Readonly<Record<string, string>>;
}

const PARAMETERS = {
  Stage: { Type: 'String', AllowedValues: ['dev', 'prod'] },
  Who: { Type: 'String', AllowedValues: ['*', '111122223333'] },
  IsA: { Type: 'String', AllowedValues: ['yes', 'no'] },
  IsB: { Type: 'String', AllowedValues: ['yes', 'no'] },
  Free: { Type: 'String' },
};

function read(policy: unknown) {
  const template = {
    Parameters: PARAMETERS,
    Conditions: {
      A: { 'Fn::Equals': [{ Ref: 'IsA' }, 'yes'] },
      B: { 'Fn::Equals': [{ Ref: 'IsB' }, 'yes'] },
    },
    Resources: {
      Api: { Type: 'AWS::ApiGateway::RestApi', Properties: { Policy: policy } },
      Get: {
        Type: 'AWS::ApiGateway::Method',
        Properties: {
          RestApiId: { Ref: 'Api' },
          ResourceId: { 'Fn::GetAtt': ['Api', 'RootResourceId'] },
          HttpMethod: 'GET',
          AuthorizationType: 'AWS_IAM',
        },
      },
    },
  };
  return declare({ 'template.json': JSON.stringify(template) });
}

const policiesOf = (policy: unknown) => read(policy).apis[0]?.policies ?? [];
const found = (policy: unknown) => findingsOf(...read(policy).apis);
const NO_VALUE = { Ref: 'AWS::NoValue' };
const either = (yes: unknown, no: unknown, name = 'A') => ({ 'Fn::If': [name, yes, no] });

const OPEN = {
  Effect: 'Allow',
  Principal: '*',
  Action: 'execute-api:Invoke',
  Resource: 'execute-api:/*',
};
const ENDPOINT = { 'aws:SourceVpce': 'vpce-0123456789abcdef0' };
const CLOSED = { ...OPEN, Condition: { StringEquals: ENDPOINT } };
const policy = (...statements: unknown[]) => ({ Version: '2012-10-17', Statement: statements });

/** A part of a template with what it is in a world; `undefined` where it is left out. */
interface Part {
  readonly node: unknown;
  readonly data: (world: World) => unknown;
}

const plain = (value: unknown): Part => ({ node: value, data: () => value });
const chosen = (inner: fc.Arbitrary<Part>): fc.Arbitrary<Part> =>
  fc.oneof(
    { weight: 3, arbitrary: inner },
    fc.tuple(fc.constantFrom('A', 'B'), inner, inner).map(([name, yes, no]) => ({
      node: either(yes.node, no.node, name),
      data: (world: World) => (world.conditions[name] === true ? yes : no).data(world),
    })),
  );
const optional = (inner: fc.Arbitrary<Part>): fc.Arbitrary<Part> =>
  fc.oneof(
    { weight: 3, arbitrary: inner },
    fc.tuple(fc.constantFrom('A', 'B'), inner).map(([name, yes]) => ({
      node: either(yes.node, NO_VALUE, name),
      data: (world: World) => (world.conditions[name] === true ? yes.data(world) : undefined),
    })),
  );
const text = fc.oneof(
  fc.constantFrom('*', 'execute-api:/*', '111122223333').map(plain),
  fc.constantFrom('Stage', 'Who').map((name) => ({
    node: { Ref: name },
    data: ({ parameters }: World) => parameters[name],
  })),
  fc.constant({
    node: { 'Fn::Sub': 'execute-api:/\u0024{Stage}/*' },
    data: ({ parameters }: World) => `execute-api:/${parameters.Stage}/*`,
  }),
);
const listOf = (inner: fc.Arbitrary<Part>): fc.Arbitrary<Part> =>
  fc.array(inner, { maxLength: 3 }).map((parts) => ({
    node: parts.map(({ node }) => node),
    data: (world: World) => parts.map((it) => it.data(world)).filter((it) => it !== undefined),
  }));
const mapOf = (parts: Readonly<Record<string, fc.Arbitrary<Part>>>): fc.Arbitrary<Part> =>
  fc.record(parts).map((members) => ({
    node: Object.fromEntries(Object.entries(members).map(([key, { node }]) => [key, node])),
    data: (world: World) =>
      Object.fromEntries(
        Object.entries(members)
          .map(([key, it]) => [key, it.data(world)] as const)
          .filter(([, data]) => data !== undefined),
      ),
  }));
const statement = mapOf({
  Effect: chosen(fc.constantFrom('Allow', 'Deny').map(plain)),
  Principal: chosen(fc.oneof(text, mapOf({ AWS: chosen(listOf(optional(text))) }))),
  Action: fc.constant(plain('execute-api:Invoke')),
  Resource: optional(fc.oneof(text, listOf(optional(text)))),
});
const whole = mapOf({
  Version: fc.constant(plain('2012-10-17')),
  Statement: chosen(listOf(optional(chosen(statement)))),
});
const worlds = fc.record({
  conditions: fc.record({ A: fc.boolean(), B: fc.boolean() }),
  parameters: fc.record({
    Stage: fc.constantFrom('dev', 'prod'),
    Who: fc.constantFrom('*', '111122223333'),
  }),
});

function holds(when: readonly string[], { conditions, parameters }: World): boolean {
  return when.every((it) => {
    const [name = '', value] = it.split('=');
    if (value !== undefined) return parameters[name] === value;
    return it.startsWith('!') ? conditions[it.slice(1)] === false : conditions[it] === true;
  });
}

describe('the branches of a policy', () => {
  test('in every world, one of them is the policy of that world', () => {
    fc.assert(
      fc.property(whole, worlds, ({ node, data }, world) => {
        const branches = policiesOf(node);
        expect(new Set(branches.map(({ branchOf }) => branchOf)).size).toBe(1);
        const ofWorld = branches.filter(({ when }) => holds(when, world));
        expect(ofWorld).toHaveLength(1);
        expect(ofWorld[0]?.unresolved).toBeNull();
        expect(JSON.parse(ofWorld[0]?.text ?? '')).toEqual(data(world));
      }),
      { numRuns: 200 },
    );
  });

  test('are not known where they are too many', () => {
    const names = Array.from({ length: 12 }, (_, index) => `C${index}`);
    const [only, ...others] = policiesOf(
      policy(...names.map((name) => either(OPEN, NO_VALUE, name))),
    );
    expect(others).toEqual([]);
    expect(only?.unresolved?.reason).toContain('more than 256 branches');
  });

  test('are those alone that some values lead to', () => {
    const never = { 'Fn::If': ['A', either(OPEN, CLOSED, 'B'), CLOSED] };
    const declared = read(policy(never));
    expect(declared.apis[0]?.policies.map(({ when }) => when)).toEqual([
      ['A', 'B'],
      ['A', '!B'],
      ['!A'],
    ]);
  });
});

describe('what is found in branches', () => {
  const said = (of: unknown) => found(of).map(({ rule, message }) => [rule, message]);
  const opens = (where: string) => [
    [
      'public-principal',
      `template.json:1: Statement 1 of the resource policy allows everybody to invoke, without a condition.${where}`,
    ],
  ];

  test.each<[string, unknown, string]>([
    ['a statement', policy(either(CLOSED, OPEN)), ' That is so where A is false.'],
    [
      'a condition that is left out',
      policy({ ...OPEN, Condition: either(CLOSED.Condition, NO_VALUE) }),
      ' That is so where A is false.',
    ],
    [
      'an operator that is left out',
      policy({ ...OPEN, Condition: { StringEquals: either(ENDPOINT, NO_VALUE) } }),
      ' That is so where A is false.',
    ],
    [
      'a key that is left out',
      policy({
        ...OPEN,
        Condition: { StringEquals: { 'aws:SourceVpce': either('vpce-1', NO_VALUE) } },
      }),
      ' That is so where A is false.',
    ],
    [
      'a principal',
      policy({ ...OPEN, Principal: { AWS: { Ref: 'Who' } } }),
      ' That is so where Who is *.',
    ],
    [
      'an effect',
      policy({ ...OPEN, Effect: either('Deny', 'Allow') }),
      ' That is so where A is false.',
    ],
    ['something else', policy({ ...OPEN, Action: either('*', 'execute-api:Invoke') }), ''],
  ])('%s', (_, of, where) => {
    expect(said(of)).toEqual(opens(where));
  });

  test('is none where each branch is narrow by itself', () => {
    const everywhere = (stage: unknown) =>
      policy(
        { ...OPEN, Resource: stage },
        {
          ...{ ...OPEN, Resource: stage, Effect: 'Deny' },
          Condition: { StringNotEquals: ENDPOINT },
        },
      );
    expect(said(everywhere({ 'Fn::Sub': 'execute-api:/\u0024{Stage}/*' }))).toEqual([]);
    expect(said(everywhere({ 'Fn::Sub': 'execute-api:/\u0024{Free}/*' }))).toEqual([]);
    expect(said(everywhere(either('execute-api:/a/*', 'execute-api:/b/*')))).toEqual([]);
    expect(said(policy(either(CLOSED, NO_VALUE), CLOSED))).toEqual([]);
  });

  test('counts for the baseline as what all of them give', () => {
    const grant = (of: unknown) => found(of).map(({ grantFingerprint }) => grantFingerprint);
    const one = grant(policy(OPEN));
    expect(grant(policy(OPEN, either(CLOSED, NO_VALUE)))).toEqual(one);
    const two = { ...OPEN, Resource: { 'Fn::Sub': 'execute-api:/\u0024{Stage}/*' } };
    expect(found(policy(two))).toHaveLength(1);
    expect(grant(policy(two))).not.toEqual(
      grant(policy({ ...OPEN, Resource: 'execute-api:/dev/*' })),
    );
  });

  test('is not known once, however many branches have it', () => {
    const unknown = { ...OPEN, Principal: { AWS: { Ref: 'Free' } } };
    const rules = found(policy({ ...unknown, Effect: either('Allow', 'Deny') })).map(
      ({ rule }) => rule,
    );
    expect(rules).toEqual(['declared-unresolved']);
  });
});
