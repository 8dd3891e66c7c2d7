import { expect, test } from '@jest/globals';
import type { SeedFile } from '../../emulator/server.js';
import { findingsOf, scenario } from './kit.js';

type Api = NonNullable<SeedFile['apis']>[number];
type WebAcl = NonNullable<NonNullable<Api['stages']>[string]['webAcl']>;

function behind(id: string, webAcl: WebAcl): Api {
  return {
    id,
    name: id,
    methods: { 'GET /x': { auth: 'AWS_IAM' } },
    deployments: [{ id: 'dep001' }],
    stages: { prod: { deployment: 'dep001', webAcl } },
  };
}

test('what AWS WAF answers in the place of a method is no proof, no alarm, and said', async () => {
  const page = { status: 403, headers: { 'x-why': 'bot' }, body: '<html>blocked</html>' };
  const { run } = await scenario({
    apis: [
      behind('challenged', { action: 'challenge' }),
      behind('captchaall', { action: 'captcha' }),
      behind('captchasig', { action: 'captcha', header: 'authorization' }),
      behind('challenges', { action: 'challenge', header: 'authorization' }),
      behind('blockedpag', { action: page }),
      behind('blockedred', { action: { ...page, status: 302 } }),
      behind('letthrough', { action: page, header: 'x-nobody-sends-it' }),
    ],
  });
  const { exitCode, parsed } = await run({ 'api-id': '*' });
  expect(exitCode).toBe(2);
  const answers = parsed.methods.map(({ api, proof, unsigned, tampered, signed }) => [
    api,
    proof,
    ...[unsigned, tampered, signed].map((it) => it?.answer),
  ]);
  expect(answers.toSorted()).toEqual([
    ['blockedpag', 'inconclusive', 'maybe-waf', 'maybe-waf', 'backend-error'],
    ['blockedred', 'inconclusive', 'maybe-waf', 'maybe-waf', 'redirected'],
    ['captchaall', 'inconclusive', 'maybe-waf', 'maybe-waf', 'maybe-waf'],
    ['captchasig', 'inconclusive', 'missing-token', 'maybe-waf', 'maybe-waf'],
    ['challenged', 'inconclusive', 'maybe-waf', 'maybe-waf', 'maybe-waf'],
    ['challenges', 'inconclusive', 'missing-token', 'maybe-waf', 'maybe-waf'],
    ['letthrough', 'proven', 'missing-token', 'wrong-signature', 'accepted'],
  ]);
  expect(new Set(findingsOf(parsed))).toEqual(new Set(['probe-inconclusive GET /x prod']));
  const finding = parsed.findings.find(({ api }) => api === 'challenged');
  expect(finding?.message).toContain('AWS WAF may have answered');
  expect(finding?.message).toContain('x-amzn-waf-action: challenge');
  expect(finding?.fix).toContain('IP set');
});
