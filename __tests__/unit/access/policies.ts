import type { Caller } from '../../../src/access/caller.js';
import {
  type Decision,
  decideInvoke,
  type NamedPolicy,
  type Question,
} from '../../../src/access/evaluate.js';
import { expandShorthand, parsePolicy } from '../../../src/access/policy-document.js';
import type { MethodAddress } from '../../../src/access/request-family.js';

export const OWNER = '111122221633';
export const STRANGER = '999988887777';
export const API_ARN = `arn:aws:execute-api:eu-west-1:${OWNER}:a1b2c3`;
export const ANN = `arn:aws:iam::${OWNER}:user/ann`;
export const BOB = `arn:aws:iam::${OWNER}:user/bob`;

export const EVERYTHING = { Action: '*', Resource: '*' };

/** A policy of statements; throws where the parser refuses it. */
export function policy(kind: 'identity' | 'resource', ...statements: object[]): NamedPolicy {
  const parsed = parsePolicy(
    JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    kind,
  );
  if (!parsed.valid) throw new Error(parsed.problems.join('; '));
  return { name: `${kind} policy`, document: expandShorthand(parsed.document, API_ARN) };
}

export function identity(...statements: object[]): readonly NamedPolicy[] {
  return statements.length === 0 ? [] : [policy('identity', ...statements)];
}

export function resource(...statements: object[]): NamedPolicy | null {
  return statements.length === 0 ? null : policy('resource', ...statements);
}

export function allow(parts: object = {}): object {
  return { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: '*', ...parts };
}

export function deny(parts: object = {}): object {
  return { ...allow(parts), Effect: 'Deny' };
}

/** The user ann of the API's account, unless said otherwise. */
export function caller(parts: Partial<Caller> = {}): Caller {
  return { partition: 'aws', accountId: OWNER, userArns: [ANN], ...parts };
}

/** `GET /pets/{id}` in prod, unless said otherwise. */
export function method(name = 'GET /pets/{id}', parts: Partial<MethodAddress> = {}): MethodAddress {
  const [verb = '', path = ''] = name.split(' ');
  return {
    partition: 'aws',
    region: 'eu-west-1',
    accountId: OWNER,
    apiId: 'a1b2c3',
    stage: 'prod',
    method: verb,
    path,
    ...parts,
  };
}

export function decide(parts: Partial<Question> = {}): Decision {
  return decideInvoke({
    caller: caller(),
    method: method(),
    identity: [],
    resource: null,
    isPrivate: false,
    ...parts,
  });
}
