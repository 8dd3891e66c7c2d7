import { describe, expect, test } from '@jest/globals';
import { closeAfterEach, emulatorFor } from './kit.js';

closeAfterEach();

type Action = 'challenge' | 'captcha' | 'block' | { status: number; body?: string };

async function stageWith(action: Action, header?: string) {
  const emulator = await emulatorFor({
    seed: {
      apis: [
        {
          id: 's1h2o3p4s5',
          name: 'shop',
          methods: { 'GET /x': { auth: 'AWS_IAM' }, 'GET /open': {} },
          deployments: [{ id: 'dep001' }],
          stages: {
            prod: { deployment: 'dep001', webAcl: { action, ...(header ? { header } : {}) } },
          },
        },
      ],
    },
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${emulator.url}/s1h2o3p4s5/prod${path}`, { headers });
  return { emulator, get };
}

describe('a web ACL', () => {
  test.each([
    ['challenge', 202, 'challenge', null],
    ['captcha', 405, 'captcha', null],
    ['block', 403, null, 'ForbiddenException'],
  ] as const)('answers %s before authorization and route', async (action, status, told, type) => {
    const { get } = await stageWith(action);
    for (const path of ['/x', '/open', '/nowhere']) {
      const { status: given, headers } = await get(path);
      expect(given).toBe(status);
      expect(headers.get('x-amzn-waf-action')).toBe(told);
      expect(headers.get('x-amzn-errortype')).toBe(type);
      expect(headers.get('x-amz-apigw-id')).not.toBeNull();
    }
  });

  test('blocks with a custom response, and only what has its header', async () => {
    const { get } = await stageWith({ status: 503, body: 'no' }, 'X-Bot');
    const blocked = await get('/open', { 'x-bot': '1' });
    expect([blocked.status, await blocked.text()]).toEqual([503, 'no']);
    expect((await get('/open')).status).toBe(200);
    expect((await get('/x')).status).toBe(403);
  });
});
