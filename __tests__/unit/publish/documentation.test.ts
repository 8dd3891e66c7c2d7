import { expect, test } from '@jest/globals';
import { documentationUrl } from '../../../src/publish/documentation.js';

const BUNDLE = '/home/runner/work/_actions/o/gate/v1/dist/index.js';

test.each<[what: string, environment: Record<string, string>, bundle: string, url: string]>([
  [
    'the version that the workflow names',
    { GITHUB_ACTION_REPOSITORY: 'o/gate', GITHUB_ACTION_REF: 'v1' },
    BUNDLE,
    'https://github.com/o/gate/blob/v1/docs/how-it-judges.md',
  ],
  [
    'the server of the run',
    {
      GITHUB_SERVER_URL: 'https://ghe.example.com',
      GITHUB_ACTION_REPOSITORY: 'o/gate',
      GITHUB_ACTION_REF: 'feature/x y',
    },
    BUNDLE,
    'https://ghe.example.com/o/gate/blob/feature/x%20y/docs/how-it-judges.md',
  ],
  [
    "the action of the workflow's own repository",
    { GITHUB_REPOSITORY: 'o/shop', GITHUB_SHA: 'c0ffee', GITHUB_WORKSPACE: '/work/shop' },
    '/work/shop/dist/index.js',
    'https://github.com/o/shop/blob/c0ffee/docs/how-it-judges.md',
  ],
  [
    'an action that lies in a folder of that repository',
    { GITHUB_REPOSITORY: 'o/shop', GITHUB_SHA: 'c0ffee', GITHUB_WORKSPACE: '/work/shop' },
    '/work/shop/.github/actions/the gate/dist/index.js',
    'https://github.com/o/shop/blob/c0ffee/.github/actions/the%20gate/docs/how-it-judges.md',
  ],
  [
    'the file beside the bundle where nobody can tell more',
    { GITHUB_REPOSITORY: 'o/shop', GITHUB_SHA: 'c0ffee', GITHUB_WORKSPACE: '/work/shop' },
    '/opt/gate/dist/index.js',
    'file:///opt/gate/docs/how-it-judges.md',
  ],
  [
    'the same without a runner',
    {},
    '/opt/gate/dist/index.js',
    'file:///opt/gate/docs/how-it-judges.md',
  ],
])('the page of the rules is %s', (_what, environment, bundle, url) => {
  expect(documentationUrl(environment, bundle)).toBe(url);
});
