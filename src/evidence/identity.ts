import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Iam } from '../aws/iam.js';
import type { Reading } from '../model/evidence.js';
import { reading } from './reading.js';

const derive = promisify<string, string, number, Buffer>(scrypt);

/** Tells a few thousand accounts apart, and is short enough to be read aloud. */
const TOKEN_BYTES = 6;

/**
 * What stands for an account wherever its id must not be shown: the same for the same account, in every
 * region and run. Twelve digits are soon guessed against a plain hash, so it is a slow one.
 */
export async function accountToken(accountId: string): Promise<string> {
  const token = await derive(accountId, 'apigw-iam-gate/account', TOKEN_BYTES);
  return token.toString('hex');
}

/** Which account is audited, by {@link accountToken}. The audit goes on where nobody says. */
export function readIdentity(iam: Pick<Iam, 'ownAccount'>): Promise<Reading<string>> {
  return reading('GetCallerIdentity', async () => accountToken((await iam.ownAccount()).accountId));
}
