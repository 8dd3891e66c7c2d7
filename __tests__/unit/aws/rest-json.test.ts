import { inspect } from 'node:util';
import * as rest from '@aws-sdk/client-api-gateway';
import * as v2 from '@aws-sdk/client-apigatewayv2';
import { describe, expect, test } from '@jest/globals';
import { JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';
import type { StaticStructureSchema } from '@smithy/types';
import fc from 'fast-check';
import { ShapeReader } from '../../../src/aws/rest-json.js';

/* What the SDK reads itself is the oracle: the same answer must become the same values. */

const SETTINGS = {
  timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_EPOCH_SECONDS },
  httpBindings: true,
  jsonName: true,
} as const;

const STRUCTURE = 3;

/** Every structure that a client knows: requests, answers and what stands in them. */
function structuresOf(client: object): StaticStructureSchema[] {
  return Object.values(client).filter(
    (it): it is StaticStructureSchema =>
      Array.isArray(it) && it[0] === STRUCTURE && typeof it[2] === 'string',
  );
}

const STRUCTURES = [...structuresOf(rest), ...structuresOf(v2)];

/** JSON that AWS could send for a shape, and now and then something that it should not. */
function jsonFor(shape: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  return fc.oneof({ weight: 8, arbitrary: fitting(shape, depth) }, { weight: 1, arbitrary: ODD });
}

const ODD = fc.oneof(
  fc.constantFrom<unknown>(null, 'NaN', '-Infinity', '', 0, true, [], {}, [null], { __type: 'x' }),
  fc.jsonValue({ maxDepth: 1 }),
);

const KEYS = fc.oneof(
  fc.constantFrom('application/json', '200', 'GET', 'default', 'toString', '__type'),
  fc.string({ maxLength: 4 }),
);

function fitting(shape: NormalizedSchema, depth: number): fc.Arbitrary<unknown> {
  if (shape.isStructSchema()) {
    const members = depth === 0 ? [] : [...shape.structIterator()];
    const entries = members.map(([name, member]) => [
      String(member.getMergedTraits().jsonName ?? name),
      jsonFor(member, depth - 1),
    ]);
    return fc.record(
      { ...Object.fromEntries(entries), unknown: fc.boolean() },
      { requiredKeys: [] },
    );
  }
  if (depth === 0) return fc.constantFrom([], {});
  if (shape.isListSchema()) {
    return fc.array(jsonFor(shape.getValueSchema(), depth - 1), { maxLength: 3 });
  }
  if (shape.isMapSchema()) {
    return fc.dictionary(KEYS, jsonFor(shape.getValueSchema(), depth - 1), { maxKeys: 3 });
  }
  if (shape.isTimestampSchema())
    return fc.constantFrom<unknown>(1_700_000_000, '2026-01-02T03:04:05Z');
  if (shape.isBlobSchema()) return fc.base64String();
  if (shape.isBooleanSchema()) return fc.boolean();
  if (shape.isNumericSchema())
    return fc.oneof(fc.integer(), fc.constantFrom('NaN', 'Infinity', '7'));
  return fc.string({ maxLength: 4 });
}

/** Every value and its type as text: two dates that are none are alike, which `toStrictEqual` denies. */
function written(value: unknown): string {
  return inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null });
}

/** The values, or the kind of error. */
async function readBy(reader: JsonShapeDeserializer2, schema: StaticStructureSchema, json: string) {
  try {
    return { read: await reader.read(schema, Buffer.from(json)) };
  } catch (error) {
    return { error: error instanceof Error ? error.name : 'none' };
  }
}

describe('the shapes of API Gateway', () => {
  test('are all found', () => {
    expect(STRUCTURES.length).toBeGreaterThan(300);
  });

  test.each(STRUCTURES.map((schema) => [schema[2], schema] as const))(
    '%s is read as the SDK reads it',
    async (_name, schema) => {
      const shape = NormalizedSchema.of(schema);
      await fc.assert(
        fc.asyncProperty(jsonFor(shape, 4), async (value) => {
          const json = JSON.stringify(value);
          const expected = await readBy(new JsonShapeDeserializer2(SETTINGS), schema, json);
          const read = await readBy(new ShapeReader(SETTINGS), schema, json);
          expect(written(read)).toBe(written(expected));
        }),
        { numRuns: 10 },
      );
    },
  );

  test('have no numbers that JSON cannot hold', () => {
    const isLarge = (shape: NormalizedSchema) =>
      shape.isBigIntegerSchema() || shape.isBigDecimalSchema() || shape.isDocumentSchema();
    const large = STRUCTURES.flatMap((schema) =>
      [...NormalizedSchema.of(schema).structIterator()].filter(([, member]) => {
        const isMany = member.isListSchema() || member.isMapSchema();
        return isLarge(isMany ? member.getValueSchema() : member);
      }),
    );
    expect(large).toStrictEqual([]);
  });
});

test('a map keeps a key that is named as a prototype', async () => {
  const json = '{"variables":{"__proto__":"a","b":"c"},"methodSettings":{"__proto__":{"x":1}}}';
  const expected = await readBy(new JsonShapeDeserializer2(SETTINGS), rest.Stage$, json);
  const { read } = await readBy(new ShapeReader(SETTINGS), rest.Stage$, json);
  expect(read).toStrictEqual(expected.read);
  expect(Object.keys(read.variables)).toStrictEqual(['__proto__', 'b']);
  expect(Object.getPrototypeOf(read.methodSettings)).toBe(Object.prototype);
});

test('a structure that holds others of its kind is read to the end', async () => {
  const json =
    '{"item":[{"id":"a","resourceMethods":{"GET":{"authorizationType":"AWS_IAM"}}},null]}';
  const { read } = await readBy(new ShapeReader(SETTINGS), rest.Resources$, json);
  expect(read).toStrictEqual({
    items: [{ id: 'a', resourceMethods: { GET: { authorizationType: 'AWS_IAM' } } }, null],
  });
});

test.each([
  ['text', 'not JSON'],
  ['nothing', ''],
])('%s ends as it does in the SDK', async (_name, json) => {
  const expected = await readBy(new JsonShapeDeserializer2(SETTINGS), rest.Stage$, json);
  expect(await readBy(new ShapeReader(SETTINGS), rest.Stage$, json)).toStrictEqual(expected);
});
