import { describe, expect, test } from '@jest/globals';
import type { ApiEvidence, Reading } from '../../../src/model/evidence.js';
import type { Finding } from '../../../src/model/finding.js';
import { template } from '../declared/kit.js';
import {
  api,
  audit,
  configured,
  deployed,
  evidenceOf,
  read,
  stage,
  UNREAD,
} from '../evidence-builder.js';
import { at, declaredApi, declaredMethod, findingsOf } from './declared-builder.js';

const RULE = 'websocket-without-connect';

const only = (findings: readonly Finding[]) => findings.filter(({ rule }) => rule === RULE);

describe('in AWS', () => {
  const CONNECT = { method: '$connect', path: '$connect' };
  const live = (
    configuredTypes: Record<string, string>,
    ...layers: ReadonlyArray<Reading<Record<string, string>>>
  ): ApiEvidence =>
    api({
      kind: 'WEBSOCKET',
      alwaysJudged: [CONNECT],
      configured: read(configured(configuredTypes)),
      stages: read(
        layers.map((it, index) =>
          stage({
            name: `s${index}`,
            deployed: it.readable ? read(deployed(it.value)) : it,
          }),
        ),
      ),
    });
  const found = (it: ApiEvidence) => only(audit(evidenceOf(it)).findings);
  const withRoute = { '$connect $connect': 'AWS_IAM' };

  test('an API with the route is no finding', () => {
    expect(found(live(withRoute, read(withRoute)))).toEqual([]);
  });

  test('what is served without it is open to everybody now', () => {
    const [one, ...others] = found(live({}, read({})));
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      effect: 'open',
      method: '$connect',
      path: '$connect',
      stage: null,
    });
    expect(one?.message).toContain('no $connect route: everybody can connect');
  });

  test('one stage that is served without it is enough', () => {
    expect(found(live({}, read(withRoute), read({})))).toMatchObject([{ effect: 'open' }]);
  });

  test('what is served with it opens with the next deployment', () => {
    const [one] = found(live({}, read(withRoute)));
    expect(one?.effect).toBe('opens-next');
    expect(one?.message).toContain('from the next deployment on everybody can connect');
  });

  test('a stage that could not be read is not called open', () => {
    expect(found(live({}, UNREAD))[0]?.effect).toBe('opens-next');
  });

  test('stages that could not be read are no stages that are open', () => {
    const [one] = found({ ...live({}), stages: UNREAD });
    expect(one?.message).toContain('from the next deployment on');
  });

  test('other routes, and other kinds, are not meant', () => {
    expect(found({ ...live({}, read({})), alwaysJudged: [] })).toEqual([]);
    const { alwaysJudged: _, ...plain } = live({}, read({ 'GET /pets': 'AWS_IAM' }));
    expect(found({ ...plain, kind: 'REST' })).toEqual([]);
    const other = { method: '$disconnect', path: '$disconnect' };
    expect(
      found({ ...live(withRoute, read(withRoute)), alwaysJudged: [other, CONNECT] }).map(
        ({ method }) => method,
      ),
    ).not.toContain('$connect');
  });
});

describe('in files', () => {
  const message = declaredMethod('sendMessage');
  const connect = (...when: string[]) => declaredMethod('$connect', { when });
  const socket = (parts: Parameters<typeof declaredApi>[0]) =>
    only(findingsOf(declaredApi({ kind: 'WEBSOCKET', ...parts })));
  const where = (...methods: ReturnType<typeof declaredMethod>[]) =>
    socket({ methods: [message, ...methods] }).map((it) => / route(.*?): /.exec(it.message)?.[1]);

  test('an API without the route is open everywhere', () => {
    const [one, ...others] = socket({ methods: [message] });
    expect(others).toEqual([]);
    expect(one?.message).toMatch(
      /^The WebSocket API of template\.yaml:2 has no \$connect route: everybody/,
    );
    expect(one?.fix).toContain('AWS_IAM');
    expect(one).toMatchObject({ location: at(2), api: 'template.yaml#Api' });
  });

  test('one with it is no finding', () => {
    expect(where(connect())).toEqual([]);
  });

  test('HTTP and REST APIs have no such route, and need none', () => {
    const methods = [declaredMethod('GET /pets')];
    for (const kind of ['HTTP', 'REST'] as const) {
      expect(findingsOf(declaredApi({ kind, methods }))).toEqual([]);
    }
  });

  test('an API whose routes nobody knows, or that has none, is no finding of this rule', () => {
    const unresolved = [{ reason: 'a macro', give: 'expand it', place: at(3) }];
    expect(socket({ methods: [message], unresolved })).toEqual([]);
    expect(socket({ methods: [] })).toEqual([]);
    // What is missing in one branch is missing, whatever else there is.
    expect(socket({ methods: [message, connect('IsProd')], unresolved })).toHaveLength(1);
  });

  test.each<[string, string[][], string[]]>([
    ['a condition', [['IsProd']], [' where IsProd is false']],
    ['a negated condition', [['!IsProd']], [' where IsProd is true']],
    ['both branches', [['IsProd'], ['!IsProd']], []],
    ['two conditions at once', [['A', 'B']], [' where A is false and B is false']],
    ['one of two conditions', [['A'], ['B']], [' where A is false and B is false']],
    ['all branches of two', [['A', 'B'], ['A', '!B'], ['!A']], []],
    ['all but the last branch', [['!A'], ['A', '!B']], [' where A is true and B is true']],
    ['a value of a parameter', [['Stage=dev']], []],
    ['a value and a condition', [['Stage=dev', 'A']], [' where A is false']],
  ])('%s', (_, branches, expected) => {
    expect(where(...branches.map((when) => connect(...when)))).toEqual(expected);
  });

  test('the conditions of the API itself hold wherever it is', () => {
    expect(socket({ when: ['IsProd'], methods: [message, connect('IsProd')] })).toEqual([]);
    expect(socket({ when: ['IsProd'], methods: [message, connect('IsProd', 'A')] })).toHaveLength(
      1,
    );
  });

  test('ten conditions are tried, and more do not take for ever', () => {
    const names = Array.from({ length: 10 }, (_, index) => `C${index}`);
    const [one] = where(...names.map((name) => connect(`!${name}`)));
    expect(one).toBe(` where ${names.map((name) => `${name} is true`).join(' and ')}`);
    const many = Array.from({ length: 40 }, (_, index) => `C${index}`);
    expect(where(connect(...many))).toHaveLength(1);
    expect(where(...many.map((name) => connect(`!${name}`)))).toHaveLength(1);
    expect(where(connect(), connect(...many))).toEqual([]);
  });

  test.each<[string, string, string, string[]]>([
    ['one for each value', '{Type: String, AllowedValues: [a, b, c]}', '!Equals [!Ref P, c]', []],
    ['a value without one', '{Type: String}', '!Equals [!Ref P, c]', ['A is false, B is false']],
    [
      'a condition and its opposite',
      '{Type: String}',
      '!Not [!Or [!Condition A, !Condition B]]',
      [],
    ],
    ['a condition that never holds', '{Type: String, AllowedValues: [a, b]}', '!Equals [1, 2]', []],
  ])('of a template: %s', (_, parameter, condition, gaps) => {
    const connects = ['A', 'B', 'C'].map(
      (it) =>
        `  R${it}: {Type: AWS::ApiGatewayV2::Route, Condition: ${it}, Properties: {ApiId: !Ref Api, RouteKey: $connect, AuthorizationType: AWS_IAM}}\n`,
    );
    const { apis } = template(`Parameters: {P: ${parameter}}
Conditions: {A: !Equals [!Ref P, a], B: !Equals [!Ref P, b], C: ${condition}}
Resources:
  Api: {Type: AWS::ApiGatewayV2::Api, Properties: {Name: x, ProtocolType: WEBSOCKET}}
${connects.join('')}`);
    const found = only(findingsOf(...apis));
    expect(found.map(({ message }) => / where (.*?): /.exec(message)?.[1])).toEqual(
      gaps.map((it) => `${it.replaceAll(', ', ' and ')} and C is false`),
    );
  });
});
