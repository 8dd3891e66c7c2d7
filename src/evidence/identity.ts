import { scrypt } from 'node:crypto';
import type { Iam } from '../aws/iam.js';
import type { Reading } from '../model/evidence.js';
import { reading } from './reading.js';

/**
 * Some 10 ms an id and 4 MiB: nobody notices it beside the calls to AWS, and all 10^12 ids would take a
 * processor 300 years.
 */
const COST = { N: 4096, r: 8, p: 1 };

/** Tells a few thousand accounts apart, and is short enough to be read aloud. */
const TOKEN_BYTES = 6;

/**
 * What stands for an account wherever its id must not be shown: the same for the same account, in every
 * region and run. Twelve digits are soon guessed against a plain hash, so it is a slow one.
 */
export function accountToken(accountId: string): Promise<string> {
  return new Promise((resolve, reject) => {
    scrypt(accountId, 'apigw-iam-gate/account', TOKEN_BYTES, COST, (error, token) => {
      if (error === null) resolve(token.toString('hex'));
      else reject(error);
    });
  });
}

/** Which account is audited, by {@link accountToken}. The audit goes on where nobody says. */
export function readIdentity(iam: Pick<Iam, 'ownAccount'>): Promise<Reading<string>> {
  return reading('GetCallerIdentity', async () => accountToken((await iam.ownAccount()).accountId));
}
