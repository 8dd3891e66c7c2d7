import { expect, test } from '@jest/globals';
import { missingStatement } from '../../../src/aws/missing-right.js';
import { plainJson, splitJson } from '../../../src/report/document/json-in-prose.js';

const JSON_OBJECT = '{"Effect":"Allow"}';

test.each([
  [
    `Allow it: ${JSON_OBJECT}. Or set a role.`,
    ['Allow it:', { json: JSON_OBJECT }, 'Or set a role.'],
  ],
  [`Allow it: ${JSON_OBJECT}.`, ['Allow it:', { json: JSON_OBJECT }]],
  [
    `${JSON_OBJECT}; ${JSON_OBJECT}, or none`,
    [{ json: JSON_OBJECT }, { json: JSON_OBJECT }, 'or none'],
  ],
  [`${JSON_OBJECT} ...more`, [{ json: JSON_OBJECT }, '...more']],
  ['.5 of them', ['.5 of them']],
])('no sentence below a block of code begins with the end of another: %s', (text, parts) => {
  expect(splitJson(text)).toEqual(parts);
});

test.each(['AssumeRole', 'GetMethod', 'GetGroup', 'ListStackResources'])(
  'what is to be put in of the right for %s is readable where it is copied',
  (operation) => {
    const json = plainJson(JSON.stringify(missingStatement(operation))).join('\n');
    expect(json).not.toContain('\\u');
    expect(json).toMatch(/\b[A-Z]+_[A-Z_]+\b/);
  },
);
