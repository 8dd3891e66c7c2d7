import { describe, expect, test } from '@jest/globals';
import { readTemplate } from '../../../src/evidence/declared/cloudformation/template.js';
import type { TemplateReading } from '../../../src/evidence/declared/cloudformation/template-request.js';
import { filesInMemory } from '../../../src/evidence/declared/files.js';
import { parseText } from '../../../src/evidence/declared/parse.js';
import { byName, type Case, type Oracle, oracle, tell } from './oracles.js';

function read({ input }: Case, files: Oracle['files']): TemplateReading {
  const text = files[input] ?? '';
  return readTemplate({
    file: input,
    text,
    root: parseText(input, text),
    files: filesInMemory(files),
    language: 'cloudformation',
    given: new Map(),
    stack: null,
    prefix: '',
  });
}

/** Whether nothing stands in the way of a pass: everything known, deployable and protected by IAM. */
function isPass(reading: TemplateReading): boolean {
  return (
    reading.undeployable.length === 0 &&
    reading.unresolved.length === 0 &&
    reading.apis.every(
      (api) =>
        api.undeployable.length === 0 &&
        api.unresolved.length === 0 &&
        api.methods.every((it) => it.authorization === 'AWS_IAM' || it.isPreflight),
    )
  );
}

const translated = oracle('sam');

describe('what the translator writes', () => {
  const { cases, files } = translated;

  test('149 templates', () => expect(cases).toHaveLength(149));

  test.each(cases)('$case', (it) => {
    const reading = read(it, files);
    expect(reading.undeployable).toEqual([]);
    const found = byName(reading.apis);
    const { apis = [] } = it;
    expect([...found.keys()].sort()).toEqual(apis.map(({ api }) => api).sort());
    for (const expected of apis) {
      const api = found.get(expected.api);
      expect(api?.kind).toBe(expected.kind);
      // The oracle does not read `any:`, which the import takes for ANY.
      const isAny = (line: string) =>
        it.case === 'api_with_any_method_in_swagger' && /^ANY/.test(line);
      // The oracle was made with a feature that AWS may have on or off: either is told.
      const isOff = (line: string) =>
        it.case === 'feature_toggle_api_open_api_version_override' && line.endsWith(' NONE');
      const told = tell(api?.methods ?? []);
      const lines = told.filter((line) => !isAny(line) && !isOff(line));
      expect(lines).toEqual(tell(expected.methods));
      if (expected.unresolved !== undefined) expect(api?.unresolved).not.toEqual([]);
    }
  });
});

describe('what the translator refuses is never a pass', () => {
  const { refused, files } = translated;

  test('75 templates', () => expect(refused).toHaveLength(75));

  test.each(refused)('$case', (it) => {
    const reading = read(it, files);
    expect(isPass(reading)).toBe(false);
  });

  test('74 of them are told to be refused, with the line', () => {
    const told = refused.filter((it) => read(it, files).undeployable.length > 0);
    expect(told.length).toBeGreaterThanOrEqual(74);
  });
});

describe('what AWS was asserted to have', () => {
  const { cases, files } = oracle('sam-deployed');

  test('18 methods', () => {
    expect(cases.flatMap(({ apis = [] }) => apis.flatMap((api) => api.methods))).toHaveLength(18);
  });

  test.each(cases)('$case', (it) => {
    const found = byName(read(it, files).apis);
    for (const expected of it.apis ?? []) {
      const lines = tell(found.get(expected.api)?.methods ?? []);
      for (const line of tell(expected.methods)) expect(lines).toContain(line);
    }
  });
});

describe('the hard cases', () => {
  const { cases, files } = oracle('sam-own');

  test('12 templates', () => expect(cases).toHaveLength(12));

  test.each(cases)('$case', (it) => {
    const reading = read(it, files);
    if (it.refused !== undefined) {
      expect(reading.undeployable).not.toEqual([]);
      return;
    }
    expect(reading.undeployable).toEqual([]);
    const found = byName(reading.apis);
    for (const expected of it.apis ?? []) {
      const lines = tell(found.get(expected.api)?.methods ?? []);
      for (const line of tell(expected.methods)) expect(lines).toContain(line);
    }
  });
});
