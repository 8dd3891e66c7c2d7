import { expect, test } from '@jest/globals';
import { paragraph, prose } from '../../../src/report/document/content.js';
import { sayFix } from '../../../src/report/document/saying.js';

test('what is to be written stands below the fix, line by line, as it is written', () => {
  const snippet = { language: 'sam', text: 'Auth:\n  Authorizer: AWS_IAM' };
  expect(sayFix({ fix: 'Write there:', snippet }, ['Fix: '])).toEqual([
    paragraph('Fix: ', prose('Write there:')),
    { kind: 'code', language: '', text: snippet.text },
  ]);
});

test.each([
  // A part of a JSON document is none, and what cannot be seen is spelled out.
  [
    { language: 'json', text: '"authorizationType": "AWS_IAM",' },
    '"authorizationType": "AWS_IAM",',
  ],
  [{ language: 'json', text: '"\u202e": 1' }, '"<U+202E>": 1'],
])('a snippet of JSON is shown as text: %j', (snippet, text) => {
  expect(sayFix({ fix: 'Write there:', snippet }, []).at(-1)).toEqual({
    kind: 'code',
    language: '',
    text,
  });
});

test('a fix without a snippet is prose alone', () => {
  expect(sayFix({ fix: 'Deploy.' }, [])).toEqual([paragraph(prose('Deploy.'))]);
});
