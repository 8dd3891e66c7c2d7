import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { lines, template } from './kit.js';

/* Branches that no values of the parameters lead to are nobody's business; all others are. */

const STAGES = ['dev', 'test', 'prod'] as const;
const COLORS = ['blue', 'green'] as const;

/** A condition, and whether it holds for values of the parameters. */
interface Made {
  readonly text: string;
  readonly holds: (stage: string, color: string) => boolean;
}

const LEAF: fc.Arbitrary<Made> = fc.oneof(
  fc.constantFrom(...STAGES, 'none').map((value) => ({
    text: `!Equals [!Ref Stage, ${value}]`,
    holds: (stage: string) => stage === value,
  })),
  fc.constantFrom(...COLORS).map((value) => ({
    text: `!Equals [${value}, !Ref Color]`,
    holds: (_: string, color: string) => color === value,
  })),
);

const CONDITION: fc.Arbitrary<Made> = fc.letrec<{ tree: Made }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 3 },
    LEAF,
    tie('tree').map(({ text, holds }) => ({
      text: `!Not [${text}]`,
      holds: (stage: string, color: string) => !holds(stage, color),
    })),
    fc.tuple(tie('tree'), tie('tree'), fc.boolean()).map(([left, right, isAnd]) => ({
      text: `!${isAnd ? 'And' : 'Or'} [${left.text}, ${right.text}]`,
      holds: (stage: string, color: string) =>
        isAnd
          ? left.holds(stage, color) && right.holds(stage, color)
          : left.holds(stage, color) || right.holds(stage, color),
    })),
  ),
})).tree;

function declaredLines(conditions: string, type: string, more = '', parameters = PARAMETERS) {
  return lines(
    template(`Parameters: {${parameters}}
Mappings: {Types: {dev: {t: NONE}, test: {t: AWS_IAM}, prod: {t: AWS_IAM}}}
Conditions: {${conditions}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: x}}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: ${type}}
${more}`),
  );
}

const PARAMETERS =
  'Stage: {Type: String, AllowedValues: [dev, test, prod]}, Color: {Type: String, AllowedValues: [blue, green]}';

test('a type is told where some values lead to it, and only there', () => {
  fc.assert(
    fc.property(CONDITION, CONDITION, CONDITION, (isThere, first, second) => {
      const found = declaredLines(
        `There: ${isThere.text}, A: ${first.text}, B: ${second.text}`,
        '!If [A, !If [B, NONE, AWS_IAM], CUSTOM]',
        '    Condition: There\n',
      );
      const types = STAGES.flatMap((stage) =>
        COLORS.flatMap((color) => {
          if (!isThere.holds(stage, color)) return [];
          if (!first.holds(stage, color)) return ['CUSTOM'];
          return [second.holds(stage, color) ? 'NONE' : 'AWS_IAM'];
        }),
      );
      const told = new Set(found.map((line) => line.split(' ')[2]));
      expect([...told].sort()).toEqual([...new Set(types)].sort());
    }),
    { numRuns: 150 },
  );
});

describe('a branch is left out', () => {
  const BY_STAGE = '!If [IsProd, !FindInMap [Types, !Ref Stage, t], AWS_IAM]';

  test('where a condition contradicts the value of a parameter', () => {
    const found = declaredLines('IsProd: !Equals [!Ref Stage, prod]', BY_STAGE);
    expect(found).toEqual(['GET / AWS_IAM [IsProd, Stage=prod]', 'GET / AWS_IAM [!IsProd]']);
  });

  test('where two conditions ask for two values of a parameter that may have any', () => {
    const both = 'IsProd: !Equals [!Ref Stage, prod], IsDev: !Equals [!Ref Stage, dev]';
    const found = declaredLines(
      both,
      '!If [IsProd, !If [IsDev, NONE, AWS_IAM], AWS_IAM]',
      '',
      'Stage: {Type: String}',
    );
    expect(found).toEqual(['GET / AWS_IAM [IsProd, !IsDev]', 'GET / AWS_IAM [!IsProd]']);
  });
});

describe('a branch is kept', () => {
  const isKept = (conditions: string, parameters: string) =>
    declaredLines(conditions, '!If [A, !If [B, NONE, AWS_IAM], AWS_IAM]', '', parameters).some(
      (line) => line.includes('NONE'),
    );

  test.each([
    ['A: !Equals [!Ref S, prod], B: !Not [!Equals [!Ref S, dev]]', 'S: {Type: String}'],
    // Neither is prod, and both may be what no condition names.
    [
      'A: !Not [!Equals [!Ref S, prod]], B: !And [!Equals [!Ref S, !Ref T], !Not [!Equals [!Ref T, prod]]]',
      'S: {Type: String}, T: {Type: String}',
    ],
    ['A: !Equals [!Sub "\u0024{S}", prod], B: !Equals [!Ref S, prod]', 'S: {Type: String}'],
    [
      'A: !Equals [!Ref S, prod], B: !Equals [!Select [0, !Ref L], prod]',
      'S: {Type: String}, L: {Type: CommaDelimitedList}',
    ],
    ['A: !Equals [!Ref S, prod], B: !Equals [!Ref "AWS::Region", dev]', 'S: {Type: String}'],
    // The default can be overridden.
    [
      'A: !Equals [!Ref S, prod], B: !Not [!Equals [!Ref S, dev]]',
      'S: {Type: String, Default: dev}',
    ],
  ])('%s', (conditions, parameters) => {
    expect(isKept(conditions, parameters)).toBe(true);
  });

  test('where there are too many values to try', () => {
    const values = Array.from({ length: 600 }, (_, at) => `v${at}`).join(', ');
    const conditions = 'A: !Equals [!Ref S, v1], B: !Equals [!Ref S, v2]';
    expect(isKept(conditions, `S: {Type: String, AllowedValues: [${values}]}`)).toBe(true);
  });
});

describe('conditions that name each other', () => {
  const method = (conditions: string) =>
    lines(
      template(`Parameters: {Env: {Type: String}}
Conditions: {${conditions}}
Resources:
  Api: {Type: AWS::ApiGateway::RestApi}
  Get:
    Type: AWS::ApiGateway::Method
    Properties: {RestApiId: !Ref Api, ResourceId: !GetAtt Api.RootResourceId, HttpMethod: GET, AuthorizationType: !If [C0, AWS_IAM, NONE]}
`),
    );
  const both = ['GET / AWS_IAM [C0]', 'GET / NONE [!C0]'];

  test.each([
    ['itself', 'C0: !Not [!Condition C0]'],
    ['itself twice', 'C0: !And [!Condition C0, !Condition C0]'],
    ['itself in what it compares', 'C0: !Equals [!If [C0, a, b], a]'],
    ['one that names it', 'C0: !Or [!Condition C1, !Condition C1], C1: !Not [!Condition C0]'],
  ])('%s: nobody knows', (_, conditions) => expect(method(conditions)).toEqual(both));

  test('many times over are decided once', () => {
    const chain = Array.from(
      { length: 45 },
      (_, index) => `C${index}: !And [!Condition C${index + 1}, !Condition C${index + 1}]`,
    );
    expect(method([...chain, 'C45: !Equals [a, a]'].join(', '))).toEqual(['GET / AWS_IAM']);
    expect(method([...chain, 'C45: !Equals [a, b]'].join(', '))).toEqual(['GET / NONE']);
  });

  test.each(['!Not [!Condition NEXT]', '!Equals [!If [NEXT, a, b], a]'])(
    'in a chain of thousands, %s, end',
    (condition) => {
      const chain = Array.from(
        { length: 2000 },
        (_, index) => `C${index}: ${condition.replace('NEXT', `C${index + 1}`)}`,
      );
      expect(method([...chain, 'C2000: !Equals [a, a]'].join(', '))).toEqual(both);
    },
  );
});
