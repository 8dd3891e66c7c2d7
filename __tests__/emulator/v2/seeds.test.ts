import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { readSeed, SeedError, type SeedFile } from '../../../emulator/seed.js';
import { startEmulator } from '../../../emulator/server.js';
import { untold } from '../../../emulator/v2/seed-schema.js';
import { V2_DEFAULTS } from '../../../emulator/v2/switches.js';
import { closeAfterEach, emulatorFor } from '../kit.js';
import { shakeHands } from './handshake.js';

closeAfterEach();

const EMULATOR = new URL('../../../emulator/', import.meta.url);

test('all-kinds: what its comment says is what its endpoints do', async () => {
  const emulator = await emulatorFor({
    seed: await readSeed(fileURLToPath(new URL('seeds/all-kinds.json', EMULATOR))),
  });
  const status = async (path: string, method = 'GET') =>
    (await fetch(`${emulator.url}${path}`, { method })).status;
  expect(await status('/s1h2o3p4r5/prod/orders')).toBe(403);
  expect(await status('/s1h2o3p4w5/orders')).toBe(200);
  expect(await status('/s1h2o3p4w5/orders', 'POST')).toBe(403);
  expect(await status('/s1h2o3p4w5/me')).toBe(401);
  expect(await status('/s1h2o3p4w5/anything')).toBe(200);
  expect(await status('/b1i2l3l4h5/prod/invoices', 'POST')).toBe(200);
  expect(await status('/b1i2l3l4h5/dev/invoices', 'POST')).toBe(403);
  expect(await status('/b1i2l3l4h5/dev/invoices/7')).toBe(404);
  expect(await status('/h1o2o3k4s5/anything')).toBe(200);
  const handshake = async (id: string) => (await shakeHands(`${emulator.url}/${id}/prod`)).status;
  expect(await handshake('c1h2a3t4w5')).toBe(403);
  expect(await handshake('t1i2c3k4w5')).toBe(101);
  expect(await handshake('s1u2p3p4w5')).toBe(101);
});

describe('the switches', () => {
  test('can all be set by a seed, and the README has each', async () => {
    const names = Object.keys(V2_DEFAULTS).sort();
    expect(Object.keys(untold.shape).sort()).toEqual(names);
    const readme = await readFile(new URL('README.md', EMULATOR), 'utf8');
    expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
  });

  test('of several seeds count together', async () => {
    const emulator = await emulatorFor({
      seed: [{ untold: { maxPage: 3 } }, { untold: { largePage: 'refused' } }],
    });
    expect(emulator.account.v2.switches).toEqual({
      ...V2_DEFAULTS,
      maxPage: 3,
      largePage: 'refused',
    });
  });
});

const id = 'h1t2t3p4a5';

test.each<[SeedFile, string]>([
  [{ httpApis: [{ id, name: 'x', routes: { '/a': {} } }] }, 'must look like "GET /pets/{id}"'],
  [
    { httpApis: [{ id, name: 'x', routes: { 'GET /a': { authorizer: 'who' } } }] },
    `${id}: "GET /a" names the authorizer "who", which is not listed`,
  ],
  [
    { httpApis: [{ id, name: 'x', stages: { prod: { deployment: 'dep9' } } }] },
    `${id}: stage "prod" names the deployment "dep9", which is not listed`,
  ],
  [
    { webSocketApis: [{ id, name: 'x', deployments: [{ id: 'd', auth: { $connect: 'NONE' } }] }] },
    'A deployment overrides "$connect", which is no route of the API',
  ],
  [
    { httpApis: [{ id, name: 'x', stages: { prod: { failed: 'why' } } }] },
    `${id}: stage "prod" has "failed" without autoDeploy`,
  ],
  [{ apis: [{ id, name: 'x' }], httpApis: [{ id, name: 'y' }] }, `Two APIs have the id ${id}`],
  [{ untold: { deploymentMs: -1 } }, 'untold.deploymentMs'],
])('a seed that is wrong: %j', async (seed, message) => {
  await expect(startEmulator({ seed })).rejects.toThrow(SeedError);
  await expect(startEmulator({ seed })).rejects.toThrow(message);
});
