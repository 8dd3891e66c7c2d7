import { describe, expect, test } from '@jest/globals';
import { locateFindings, workflowFileOf } from '../../../src/config/locate.js';
import { makeFinding } from '../report/sample-report.js';

const WORKFLOW = {
  file: '.github/workflows/gate.yml',
  text: `jobs:
  audit:
    steps:
      - uses: octo/apigw-iam-gate@v1
        with:
          api-id: |
            a1b2c3d4e5
            b2c3d4e5f6
`,
};
const POLICY = { file: '.github/apigw-iam-gate.yml', text: 'exceptions:\n  - api: c3d4e5f6a7\n' };

describe('a finding points', () => {
  test.each([
    ['a1b2c3d4e5', WORKFLOW.file, 7],
    ['b2c3d4e5f6', WORKFLOW.file, 8],
    ['c3d4e5f6a7', POLICY.file, 2],
    // Nobody names it: the line that asks for APIs.
    ['zzzzzzzzzz', WORKFLOW.file, 6],
    [null, WORKFLOW.file, 6],
    // Part of another id is no name.
    ['a1b2c3d4e', WORKFLOW.file, 6],
  ])('for API %s at %s:%s', (api, file, line) => {
    const [finding] = locateFindings([makeFinding({ api })], [WORKFLOW, POLICY]);
    expect(finding?.location).toEqual({ file, line });
  });

  test('each to the line of its own API, however many there are', () => {
    const apis = ['a1b2c3d4e5', 'b2c3d4e5f6', 'a1b2c3d4e5', 'c3d4e5f6a7', 'b2c3d4e5f6'];
    const found = locateFindings(
      apis.map((api) => makeFinding({ api })),
      [WORKFLOW, POLICY],
    );
    expect(found.map(({ location }) => location?.line)).toEqual([7, 8, 7, 2, 8]);
  });

  test('nowhere where no source has a line, and is then what it was', () => {
    const finding = makeFinding({ api: 'a1b2c3d4e5', location: null });
    const [first, second] = locateFindings([finding, finding], [{ file: 'x', text: 'nothing' }]);
    expect([first, second]).toEqual([finding, finding]);
    expect(first).toBe(finding);
    expect(second).toBe(finding);
  });

  test('where it points already', () => {
    const location = { file: 'template.yml', line: 3 };
    expect(locateFindings([makeFinding({ location })], [WORKFLOW])[0]?.location).toEqual(location);
  });

  test('where the gate is used, if nobody names an API', () => {
    const text = 'jobs:\n  - uses: octo/other@v1\n  - uses: octo/apigw-iam-gate@v1\n';
    const [finding] = locateFindings([makeFinding({ api: null })], [{ file: 'w.yml', text }]);
    expect(finding?.location).toEqual({ file: 'w.yml', line: 3 });
  });

  // Looked for from each of them it takes longer than a test may.
  test('in a line that is made to be slow', () => {
    const text = 'uses:'.repeat(50_000);
    const findings = Array.from({ length: 100 }, (_, index) => makeFinding({ api: `api${index}` }));
    const located = locateFindings(findings, [{ file: 'w.yml', text }]);
    expect(located.every(({ location }) => location === null)).toBe(true);
  });

  test('nowhere, where no file is known', () => {
    expect(locateFindings([makeFinding()], [])[0]?.location).toBeNull();
  });
});

describe('the workflow file', () => {
  test.each([
    [
      'octo/shop/.github/workflows/gate.yml@refs/heads/main',
      'octo/shop',
      '.github/workflows/gate.yml',
    ],
    ['octo/shared/.github/workflows/gate.yml@v1', 'octo/shop', null],
    ['octo/shop-two/.github/workflows/gate.yml@v1', 'octo/shop', null],
    [undefined, 'octo/shop', null],
  ])('of %s in %s is %s', (reference, repository, file) => {
    expect(workflowFileOf(reference, repository)).toBe(file);
  });
});
