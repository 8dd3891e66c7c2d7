import { describe, expect, test } from '@jest/globals';
import { filesInMemory } from '../../../src/evidence/declared/files.js';
import { readPlan } from '../../../src/evidence/declared/terraform/plan.js';
import { byName, oracle, tell } from './oracles.js';

const { cases, files } = oracle('terraform');

describe('plans', () => {
  test('10 plans', () => expect(cases).toHaveLength(10));

  test.each(cases)('$case', ({ input, apis = [] }) => {
    const reading = readPlan(input, JSON.parse(files[input] ?? ''), filesInMemory({}));
    expect(reading.problem).toBeNull();
    const found = byName(reading.apis);
    expect([...found.keys()].sort()).toEqual(apis.map(({ api }) => api).sort());
    for (const expected of apis) {
      const api = found.get(expected.api);
      expect(api?.kind).toBe(expected.kind ?? 'REST');
      expect(tell(api?.methods ?? [])).toEqual(tell(expected.methods));
      const isWhole = expected.unresolved === undefined && expected.incomplete === undefined;
      expect(api?.unresolved.length === 0).toBe(isWhole);
      for (const { method, path, integration } of expected.methods) {
        const one = api?.methods.find((it) => it.method === method && it.path === path);
        if (integration !== undefined) expect(one?.integration).toBe(integration);
      }
    }
  });
});
