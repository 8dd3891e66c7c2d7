import { describe, expect, test } from '@jest/globals';
import { isBasePathMode } from '../../../src/evidence/declared/openapi/base-path.js';
import { readDocument } from '../../../src/evidence/declared/openapi/document.js';
import { parseText } from '../../../src/evidence/declared/parse.js';
import { oracle, tell } from './oracles.js';

const { cases, files } = oracle('openapi-import');

describe('OpenAPI documents become what AWS made of them', () => {
  test('all 29 methods are there to be compared', () => {
    const methods = cases.flatMap(({ apis = [] }) => apis.flatMap((api) => api.methods));
    expect(methods).toHaveLength(29);
  });

  test.each(cases)('$case', ({ input, parameters = {}, apis = [] }) => {
    const mode = parameters.basepath;
    const reading = readDocument(parseText(input, files[input] ?? ''), {
      kind: 'REST',
      ...(isBasePathMode(mode) ? { basePath: mode } : {}),
    });
    expect(tell(reading.methods)).toEqual(tell(apis.flatMap((api) => api.methods)));
    expect(reading.unresolved).toEqual([]);
    for (const expected of apis.flatMap((api) => api.methods)) {
      const found = reading.methods.find(
        (it) => it.method === expected.method && it.path === expected.path,
      );
      expect(found?.integration).toBe(expected.integration);
    }
  });
});
