import { describe, expect, test } from '@jest/globals';
import { declaredLayer } from '../../../src/evidence/declared/layer.js';
import { isPreflight } from '../../../src/evidence/layers.js';
import type { ConfiguredMethod, Preflight } from '../../../src/model/evidence.js';
import {
  api,
  apiOf,
  configured,
  configuredMethod,
  deployed,
  ONLY_IAM,
  onlyRow,
  PREFLIGHT,
  read,
  rowsOf,
  stage,
  stageWithCanary,
  UNREAD,
} from '../evidence-builder.js';
import { declaredApi, declaredMethod } from '../rules/declared-builder.js';

describe('rows', () => {
  test('are there for each method and stage that any layer knows', () => {
    const rows = rowsOf(
      api({
        configured: read(configured({ 'GET /a': 'AWS_IAM', 'GET /new': 'NONE' })),
        stages: read([
          stageWithCanary(
            { 'GET /a': 'NONE', 'GET /gone': 'CUSTOM' },
            read(deployed({ 'GET /a': 'AWS_IAM', 'GET /canary': 'NONE' })),
          ),
          stage({ name: 'dev' }),
        ]),
      }),
    );
    expect(
      rows.map((row) => [row.stage?.name, row.path, row.configured, row.deployed, row.canary]),
    ).toEqual([
      ['prod', '/a', 'AWS_IAM', 'NONE', 'AWS_IAM'],
      ['prod', '/new', 'NONE', null, null],
      ['prod', '/gone', null, 'CUSTOM', null],
      ['prod', '/canary', null, null, 'NONE'],
      ['dev', '/a', 'AWS_IAM', null, null],
      ['dev', '/new', 'NONE', null, null],
    ]);
  });

  test('of an API without stages are what is configured', () => {
    const row = onlyRow(api({ configured: read(configured({ 'GET /a': 'NONE' })) }));
    expect(row).toMatchObject({ stage: null, configured: 'NONE', deployed: null, canary: null });
  });

  test('of an API whose stages were not read say so', () => {
    const row = onlyRow(
      api({ configured: read(configured({ 'GET /a': 'AWS_IAM' })), stages: UNREAD }),
    );
    expect(row).toMatchObject({ stage: null, configured: 'AWS_IAM', deployed: 'unreadable' });
  });

  test('of an API whose configuration was not read are what is served', () => {
    const row = onlyRow({ ...apiOf({}, { 'GET /a': 'AWS_IAM' }), configured: UNREAD });
    expect(row).toMatchObject({ configured: 'unreadable', deployed: 'AWS_IAM' });
  });

  test('say where the snapshot of the stage or of its canary was not read', () => {
    const row = onlyRow(
      api({
        configured: read(configured({ 'GET /a': 'AWS_IAM' })),
        stages: read([{ ...stageWithCanary({}, UNREAD), deployed: UNREAD }]),
      }),
    );
    expect(row).toMatchObject({ deployed: 'unreadable', canary: 'unreadable' });
  });

  test('of what files alone have are one for the method, whatever the number of stages', () => {
    const methods = ['GET /a', 'POST /new'].map((name) => declaredMethod(name));
    const declared = declaredLayer([declaredApi({ methods })], ONLY_IAM);
    const of = (...stages: string[]) =>
      rowsOf(
        api({
          configured: read(configured({ 'GET /a': 'AWS_IAM' })),
          stages: read(
            stages.map((name) =>
              stage({ name, deployed: read(deployed({ 'GET /a': 'AWS_IAM' })) }),
            ),
          ),
          declared,
        }),
      ).map((row) => [row.method, row.stage?.name ?? null]);
    expect(of('prod', 'dev')).toEqual([
      ['GET', 'prod'],
      ['GET', 'dev'],
      ['POST', null],
    ]);
    expect(of('prod')).toEqual([
      ['GET', 'prod'],
      ['POST', null],
    ]);
    expect(of()).toEqual([
      ['GET', null],
      ['POST', null],
    ]);
  });

  test('are none where nothing was read', () => {
    expect(rowsOf(api({ configured: UNREAD, stages: UNREAD }))).toEqual([]);
  });
});

describe('a preflight', () => {
  test.each<[what: string, name: string, parts: Partial<ConfiguredMethod>, expected: boolean]>([
    ['OPTIONS by MOCK with CORS', 'OPTIONS /a', PREFLIGHT, true],
    ['OPTIONS by MOCK without CORS', 'OPTIONS /a', { ...PREFLIGHT, answersCors: false }, false],
    ['OPTIONS with a backend', 'OPTIONS /a', { ...PREFLIGHT, integrationType: 'AWS_PROXY' }, false],
    [
      'OPTIONS without an integration',
      'OPTIONS /a',
      { ...PREFLIGHT, integrationType: null },
      false,
    ],
    ['ANY', 'ANY /a', PREFLIGHT, false],
    ['GET', 'GET /a', PREFLIGHT, false],
  ])('%s: %s', (_what, name, parts, expected) => {
    expect(isPreflight(configuredMethod(name, parts))).toBe(expected);
    const row = onlyRow(apiOf({ [name]: parts }));
    expect(row.preflight).toBe(expected ? 'yes' : 'no');
  });

  test('is not known where what is configured was not read', () => {
    const unread = { ...apiOf({}, { 'OPTIONS /a': 'NONE' }), configured: UNREAD };
    expect(onlyRow(unread).preflight).toBe('unknown');
    const get = { ...apiOf({}, { 'GET /a': 'NONE' }), configured: UNREAD };
    expect(onlyRow(get).preflight).toBe('no');
  });

  test('is not known where the method was listed without details', () => {
    const bare = { authorizationType: 'unreadable', integrationType: null };
    expect(onlyRow(apiOf({ 'OPTIONS /a': bare }, { 'OPTIONS /a': 'NONE' })).preflight).toBe(
      'unknown',
    );
  });

  test.each<[served: Preflight, canary: Preflight | null, expected: Preflight]>([
    ['yes', null, 'yes'],
    ['no', null, 'no'],
    ['unknown', null, 'unknown'],
    ['yes', 'yes', 'yes'],
    ['yes', 'no', 'no'],
    ['yes', 'unknown', 'unknown'],
    ['unknown', 'no', 'no'],
  ])('that is configured is %s in the stage, %s in the canary: %s', (served, canary, expected) => {
    const layer = (preflight: Preflight) =>
      read(deployed({ 'OPTIONS /a': { authorizationType: 'NONE', preflight } }));
    const row = onlyRow(
      api({
        configured: read(configured({ 'OPTIONS /a': PREFLIGHT })),
        stages: read([
          stage({
            deployed: layer(served),
            canary:
              canary === null
                ? null
                : { deploymentId: 'd2', percentTraffic: 10, deployed: layer(canary) },
          }),
        ]),
      }),
    );
    expect(row.preflight).toBe(expected);
    expect(row.preflights.deployed).toBe(served);
  });

  test('is no OPTIONS method with IAM, whatever its integration', () => {
    const row = onlyRow(apiOf({ 'OPTIONS /a': { ...PREFLIGHT, authorizationType: 'AWS_IAM' } }));
    expect(row.preflight).toBe('no');
  });
});
