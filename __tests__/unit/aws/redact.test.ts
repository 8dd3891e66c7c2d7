import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { redact } from '../../../src/aws/redact.js';

const digits = fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: 12, maxLength: 12 });

describe('what a service said', () => {
  test.each([
    // API Gateway masks the account of the resource itself and leaves the caller's as it is.
    [
      'User: arn:aws:iam::123456789012:user/deploy/alice is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********1633:a1b2c3/dev/GET/pets',
      'User: arn:aws:iam::********9012:user/*** is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:********1633:a1b2c3/dev/GET/pets',
    ],
    [
      'arn:aws-cn:sts::123456789012:assumed-role/Deploy/i-0abc',
      'arn:aws-cn:sts::********9012:assumed-role/***',
    ],
    ['arn:aws:iam::*****:user/api-test-user is', 'arn:aws:iam::*****:user/*** is'],
    ['"arn:aws:iam::123456789012:role/x"', '"arn:aws:iam::********9012:role/***"'],
    ['arn:aws:iam::123456789012:root', 'arn:aws:iam::********9012:root'],
    [
      'Invalid API identifier specified 123456789012:a1b2c3',
      'Invalid API identifier specified ********9012:a1b2c3',
    ],
    [
      'Proxy-Authorization: Basic dXNlcjpwYXNz | Host: x',
      'Proxy-Authorization: Basic *** | Host: x',
    ],
    ['{"authorization":"Bearer eyJhbGciOi.J9"}', '{"authorization":"Bearer ***"}'],
    ['no Authorization header', 'no Authorization header'],
    ['x-amz-security-token:FwoGZXIvYXdzEB4\nhost:x', 'x-amz-security-token:***\nhost:x'],
    ['X-Amz-Security-Token: FwoG/+=', 'X-Amz-Security-Token: ***'],
    ['X-Amz-Security-Token=FwoG%2B&X-Amz-Date=1', 'X-Amz-Security-Token=***&X-Amz-Date=1'],
    [
      `Credential=AKIDEXAMPLE1234567/20150830/us-east-1/execute-api/aws4_request, Signature=${'0a'.repeat(32)}`,
      'Credential=***/20150830/us-east-1/execute-api/aws4_request, Signature=***',
    ],
    ['no key AKIAIOSFODNN7EXAMPLE here', 'no key AKIA*** here'],
    ['AROAJQABLZS4A3QDU576Q:alice@example.com may not', 'AROA*** may not'],
    ['bucket-of-team123456789012', 'bucket-of-team********9012'],
    ['account 1234-5678-9012.', 'account ****-****-9012.'],
    ['{"X-Amz-Security-Token": "FwoG/+="}', '{"X-Amz-Security-Token": "***"}'],
    ['{"Signature":"0123456789abcdef"}', '{"Signature":"***"}'],
    [
      'Invalid HTTP endpoint specified for URI https://shop:s3/cret@example.com/a?key=k#f',
      'Invalid HTTP endpoint specified for URI https://***@example.com/a?***',
    ],
    ['see https://docs.aws.amazon.com/a/b.html', 'see https://docs.aws.amazon.com/a/b.html'],
    ['0f1e2d3c-1234-5678-9012-0f1e2d3c4b5a', '0f1e2d3c-1234-5678-9012-0f1e2d3c4b5a'],
    ['Too Many Requests', 'Too Many Requests'],
    ['20201027T123008Z is now earlier', '20201027T123008Z is now earlier'],
    ['1234567890123', '1234567890123'],
  ])('%j becomes %j', (said, shown) => {
    expect(redact(said)).toBe(shown);
  });

  test('keeps no account id that stood in an ARN', () => {
    const service = fc.constantFrom('iam', 'sts', 'execute-api', 'apigateway', 'lambda');
    const rest = fc.constantFrom(
      'user/alice',
      'role/x',
      'assumed-role/r/s',
      'root',
      'a1/dev/GET/p',
    );
    const around = fc.constantFrom('', ' ', '"', "'", '(', ')', ',', '.', '\n', 'on resource: ');
    fc.assert(
      fc.property(around, service, digits, rest, around, (before, name, account, end, after) => {
        const text = `${before}arn:aws:${name}:eu-west-1:${account}:${end}${after}`;
        expect(redact(text)).not.toContain(account);
        expect(redact(text.replace(':eu-west-1:', '::'))).not.toContain(account);
      }),
    );
  });

  test('keeps no token and no signature, whatever they are made of', () => {
    const token = fc.string({
      unit: fc.constantFrom(...'ABCDEFxyz0123456789+/='),
      minLength: 20,
    });
    fc.assert(
      fc.property(token, (secret) => {
        expect(redact(`a\nx-amz-security-token:${secret}\nb`)).not.toContain(secret);
      }),
    );
  });

  test.each<[string, (text: string) => string]>([
    ['URL-encoded', encodeURIComponent],
    ['URL-encoded twice', (text) => encodeURIComponent(encodeURIComponent(text))],
    ['as JSON has it', (text) => JSON.stringify(text).replaceAll('/', '\\/')],
    ['as JSON within JSON has it', (text) => JSON.stringify(JSON.stringify(`\n${text}\n`))],
    [
      'as JSON may have its punctuation',
      (text) => text.replace(/\W/g, (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ],
    ['as HTML has it', (text) => text.replace(/\W/g, (it) => `&#${it.charCodeAt(0)};`)],
    ['in base64', (text) => Buffer.from(text).toString('base64')],
    ['in base64 for URLs', (text) => Buffer.from(text).toString('base64url')],
  ])('keeps neither account nor caller %s', (_way, written) => {
    fc.assert(
      fc.property(digits, fc.constantFrom('', ' ', 'x', '"', '_'), (account, before) => {
        const text = written(`arn:aws:sts::${account}:assumed-role/Deploy/alice@example.com`);
        const shown = redact(`${before}${text} and more`);
        for (const secret of [account, 'alice', 'Deploy', text])
          expect(shown).not.toContain(secret);
        expect(shown).toMatch(/ and more$/);
      }),
    );
  });

  test('is looked through in a moment, whatever it is', () => {
    const long = [
      `x-amz-security-token:${' '.repeat(100_000)}`,
      `arn:aws${'-'.repeat(100_000)}`,
      'arn:aws:iam::123456789012:user/'.repeat(10_000),
      '://a:'.repeat(20_000),
      `AROA${'A'.repeat(100_000)}`,
      'a'.repeat(100_000),
      '%25'.repeat(20_000),
    ];
    const { user } = process.cpuUsage();
    for (const text of long) redact(text);
    expect(process.cpuUsage().user - user).toBeLessThan(3_000_000);
  });

  test('is not changed by a second time', () => {
    fc.assert(
      fc.property(fc.string(), digits, (text, account) => {
        const once = redact(`${text} arn:aws:iam::${account}:user/alice`);
        expect(redact(once)).toBe(once);
      }),
    );
  });
});
