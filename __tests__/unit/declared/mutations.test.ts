import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { toData } from '../../../src/evidence/declared/node.js';
import { parseText } from '../../../src/evidence/declared/parse.js';
import { SyntaxProblem } from '../../../src/evidence/declared/parse-json.js';
import { declare } from './kit.js';
import { oracle } from './oracles.js';

type Slot = { readonly holder: object; readonly key: string };

/** Every place of a tree where a value stands. */
function slots(value: unknown, found: Slot[] = []): Slot[] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push({ holder: value, key });
    slots(Reflect.get(value, key), found);
  }
  return found;
}

const SEEDS = ['sam', 'sam-own', 'cdk', 'openapi-import', 'terraform'].flatMap((name) =>
  Object.entries(oracle(name).files).flatMap(([file, text]) => {
    if (text.length > 30_000 || !/\.(ya?ml|json)$/.test(file)) return [];
    try {
      return [{ isPlan: name === 'terraform', data: toData(parseText(file, text)) }];
    } catch (error) {
      if (error instanceof SyntaxProblem) return [];
      throw error;
    }
  }),
);

const STRANGE: readonly unknown[] = [
  ...[null, 1, true, '', 'AWS_IAM', [], {}, [[]], -1, ['a']],
  ...[{ Ref: 'X' }, { Ref: 'AWS::NoValue' }, { Ref: {} }, { 'Fn::GetAtt': [] }, { 'Fn::Sub': 5 }],
  ...[{ 'Fn::If': ['A', 1, 2] }, { 'Fn::If': [] }, { 'Fn::If': 'x' }, { 'Fn::FindInMap': [1] }],
  ...[{ 'Fn::Transform': { Name: 'M' } }, { 'Fn::Join': ['', { Ref: 'P' }] }],
  ...[{ 'Fn::ForEach::X': ['a', ['b'], {}] }, { 'Fn::Select': [9, []] }],
];

describe('anything in the place of anything', () => {
  test('is read, and the file is accounted for', () => {
    const change = fc.record({
      at: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      from: fc.double({ min: 0, max: 0.999_999, noNaN: true }),
      how: fc.oneof(fc.constantFrom('remove', 'copy'), fc.constantFrom(...STRANGE.keys())),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...SEEDS),
        fc.array(change, { minLength: 1, maxLength: 3 }),
        ({ isPlan, data }, changes) => {
          const mutated = structuredClone(data);
          for (const { at, from, how } of changes) {
            const all = slots(mutated);
            const slot = all[Math.floor(at * all.length)];
            const source = all[Math.floor(from * all.length)];
            if (slot === undefined || source === undefined) continue;
            const value =
              how === 'copy' ? Reflect.get(source.holder, source.key) : STRANGE[Number(how)];
            if (how === 'remove') Reflect.deleteProperty(slot.holder, slot.key);
            else Reflect.set(slot.holder, slot.key, structuredClone(value));
          }
          const file = isPlan ? 'plan.json' : 'template.json';
          const text = JSON.stringify(mutated) ?? 'null';
          const declared = declare({ [file]: text }, isPlan ? { planFile: file } : {});
          expect(declared.files).toHaveLength(1);
          for (const method of declared.apis.flatMap((api) => api.methods)) {
            expect(method.authorization === 'unresolved').toBe(method.unresolved !== null);
          }
        },
      ),
      { numRuns: 400 },
    );
  });
});
