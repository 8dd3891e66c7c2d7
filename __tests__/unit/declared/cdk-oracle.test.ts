import { describe, expect, test } from '@jest/globals';
import { readAssembly } from '../../../src/evidence/declared/cdk/assembly.js';
import { readTemplate } from '../../../src/evidence/declared/cloudformation/template.js';
import { filesInMemory } from '../../../src/evidence/declared/files.js';
import { parseText } from '../../../src/evidence/declared/parse.js';
import { byName, oracle, tell } from './oracles.js';

describe('synthesized stacks', () => {
  const { cases, files } = oracle('cdk');
  const workspace = filesInMemory(files);

  test('all 80 methods are there to be compared', () => {
    const methods = cases.flatMap(({ apis = [] }) => apis.flatMap((api) => api.methods));
    expect(methods).toHaveLength(80);
  });

  test.each(cases)('$case', ({ input, apis = [] }) => {
    const text = files[input] ?? '';
    const reading = readTemplate({
      file: input,
      text,
      root: parseText(input, text),
      files: workspace,
      language: 'cloudformation',
      given: new Map(),
      stack: null,
      prefix: '',
    });
    const found = byName(reading.apis);
    expect([...found.keys()].sort()).toEqual(apis.map(({ api }) => api).sort());
    for (const expected of apis) {
      const api = found.get(expected.api);
      expect(api?.kind).toBe(expected.kind);
      expect(tell(api?.methods ?? [], true)).toEqual(tell(expected.methods, true));
      if (expected.unresolved !== undefined) expect(api?.unresolved).not.toEqual([]);
      for (const method of expected.methods) {
        const one = api?.methods.find(
          (it) => it.method === method.method && it.path === method.path,
        );
        if (method.integration !== undefined) expect(one?.integration).toBe(method.integration);
      }
    }
  });
});

describe('an assembly', () => {
  const { cases, files } = oracle('cdk-own');
  const app = files['cdk-own/app.cjs.txt'] ?? '';
  const reading = readAssembly(
    'cdk-own/cdk.out',
    filesInMemory({ ...files, 'app/app.cjs': app }),
    new Map(),
  );
  const found = byName(reading.apis);

  test('reads every stack', () => {
    expect(reading.problem).toBeNull();
    expect(reading.unresolved).toEqual([]);
    expect(reading.templates).toHaveLength(4);
  });

  const stacks = cases.map((it) => ({ ...it, stack: it.case.replace('.template.json', '') }));
  test.each(stacks)('$stack', ({ stack, apis = [] }) => {
    for (const expected of apis) {
      const api = reading.apis.find(
        (it) => it.name === expected.api && it.identity.stack === stack,
      );
      expect(api?.kind).toBe(expected.kind);
      expect(tell(api?.methods ?? [])).toEqual(tell(expected.methods));
    }
  });

  test('puts a method on the line of the app that wrote it', () => {
    const lines = app.split('\n');
    for (const method of reading.apis.flatMap((api) => api.methods)) {
      if (method.resource === null) continue;
      expect(method.place.file).toBe('app/app.cjs');
      expect(lines[method.place.line - 1]).toMatch(/add|new /);
      expect(method.constructPath).not.toBeNull();
    }
    const open = found.get('ApiF70053CD')?.methods;
    expect(open).toBeDefined();
  });

  test('keeps to the template where the app is not in the workspace', () => {
    const alone = readAssembly('cdk-own/cdk.out', filesInMemory(files), new Map());
    for (const method of alone.apis.flatMap((api) => api.methods)) {
      expect(method.place.file).toMatch(/^cdk-own\/cdk\.out\//);
    }
  });
});
