import { describe, expect, test } from '@jest/globals';
import { NO_BASELINE } from '../../../src/config/baseline.js';
import { DEFAULT_CONFIG } from '../../../src/config/config.js';
import { parseConfigFile } from '../../../src/config/parse.js';
import { invokedOf } from '../../../src/gate/rows.js';
import { api, configured, deployed, read, rowsOf, stage } from '../evidence-builder.js';

const TODAY = '2026-11-23';

/** An API whose GET /health and GET /orders are open in both of its stages. */
function rows() {
  const methods = { 'GET /health': 'NONE', 'GET /orders': 'NONE' };
  return rowsOf(
    api({
      configured: read(configured(methods)),
      stages: read(
        ['prod', 'dev'].map((name) => stage({ name, deployed: read(deployed(methods)) })),
      ),
    }),
  );
}

function invoked(exception: string): string[] {
  const parsed = parseConfigFile(
    `exceptions:\n  - { methods: GET /health, api: "*", reason: x, owner: y, ${exception} }`,
    'p.yml',
    [],
  );
  if (!parsed.ok) throw new Error(parsed.why.join());
  const { config: policy } = parsed.value;
  const basis = {
    policy,
    baseline: NO_BASELINE,
    sources: [],
    notes: [],
    declared: null,
    today: TODAY,
  };
  return invokedOf(rows(), { basis }).map((row) => `${row.path} ${row.stage?.name ?? '(none)'}`);
}

const ALL = ['/health dev', '/health prod', '/orders dev', '/orders prod'];

describe('callers need a right', () => {
  test('to every method of every stage where nothing is excepted', () => {
    const basis = {
      policy: DEFAULT_CONFIG,
      baseline: NO_BASELINE,
      sources: [],
      notes: [],
      declared: null,
    };
    expect(invokedOf(rows(), { basis: { ...basis, today: TODAY } })).toHaveLength(ALL.length);
  });

  test.each<[string, string, string[]]>([
    ['for every stage', 'permanent: true', ['/orders dev', '/orders prod']],
    ['for every stage by *', 'stage: "*", permanent: true', ['/orders dev', '/orders prod']],
    [
      'for one stage alone',
      'stage: dev, permanent: true',
      ['/health prod', '/orders dev', '/orders prod'],
    ],
    ['for a stage that is not there', 'stage: test, permanent: true', ALL],
    ['until today', `expires: ${TODAY}`, ['/orders dev', '/orders prod']],
    ['until yesterday', 'expires: 2026-11-22', ALL],
  ])('but those that an exception lets by %s', (_, exception, expected) => {
    expect(invoked(exception).sort()).toEqual(expected);
  });
});
