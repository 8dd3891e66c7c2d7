import { describe, expect, test } from '@jest/globals';
import { filesInMemory } from '../../../src/evidence/declared/files.js';
import { readDeclaredFrom } from '../../../src/evidence/declared/read.js';
import { oracle } from './oracles.js';

const { files } = oracle('corpus');
const names = Object.keys(files);
const declared = readDeclaredFrom(
  { templates: ['corpus/**'], planFile: null, parameters: [] },
  filesInMemory(files),
);

describe('real templates', () => {
  test('all of them are read', () => {
    expect(names.length).toBeGreaterThanOrEqual(119);
    expect(declared.unmatched).toEqual([]);
    expect(declared.problems).toEqual([]);
    expect(declared.files.map(({ file }) => file).sort()).toEqual(names.toSorted());
  });

  test('one is no YAML, and that is said with its line', () => {
    const unreadable = declared.files.filter(({ outcome }) => outcome === 'unreadable');
    expect(unreadable.map(({ place }) => `${place.file}:${place.line}`)).toEqual([
      'corpus/apigw-custom-domain-edge/template.yaml:34',
    ]);
  });

  test('none is silent about an API', () => {
    const API =
      /AWS::(ApiGateway::(RestApi|Method)|ApiGatewayV2::(Api|Route)|Serverless::(Api|HttpApi|WebSocketApi))\b|Type: (Api|HttpApi)\b/;
    for (const { file, outcome, unresolved, undeployable } of declared.files) {
      const text = (files[file] ?? '').replaceAll(/^\s*#.*$/gm, '');
      if (!API.test(text)) continue;
      const apis = declared.apis.filter((api) => api.file === file);
      const isTold =
        apis.length > 0 ||
        unresolved.length > 0 ||
        undeployable.length > 0 ||
        outcome === 'unreadable';
      expect([file, isTold]).toEqual([file, true]);
    }
  });

  test('every API has methods, or says why not', () => {
    for (const api of declared.apis) {
      const isTold =
        api.methods.length > 0 || api.unresolved.length > 0 || api.undeployable.length > 0;
      expect([api.file, api.name, isTold]).toEqual([api.file, api.name, true]);
    }
  });

  test('every place is a line of its file', () => {
    for (const method of declared.apis.flatMap((api) => api.methods)) {
      const { file, line, column } = method.place;
      const text = files[file]?.split('\n')[line - 1];
      expect(text).toBeDefined();
      expect(column).toBeLessThanOrEqual((text ?? '').length + 1);
    }
  });
});
