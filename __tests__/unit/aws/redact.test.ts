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
    ['x-amz-security-token:FwoGZXIvYXdzEB4\nhost:x', 'x-amz-security-token:***\nhost:x'],
    ['X-Amz-Security-Token: FwoG/+=', 'X-Amz-Security-Token:***'],
    ['X-Amz-Security-Token=FwoG%2B&X-Amz-Date=1', 'X-Amz-Security-Token=***&X-Amz-Date=1'],
    [
      `Credential=AKIDEXAMPLE1234567/20150830/us-east-1/execute-api/aws4_request, Signature=${'0a'.repeat(32)}`,
      'Credential=***/20150830/us-east-1/execute-api/aws4_request, Signature=***',
    ],
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

  test('is not changed by a second time', () => {
    fc.assert(
      fc.property(fc.string(), digits, (text, account) => {
        const once = redact(`${text} arn:aws:iam::${account}:user/alice`);
        expect(redact(once)).toBe(once);
      }),
    );
  });
});
