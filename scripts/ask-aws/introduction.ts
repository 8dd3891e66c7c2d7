import { createInterface } from 'node:readline/promises';
import { PREFIX, TAG } from './ledger.js';
import type { Question } from './question.js';

/** The questions, for `--list`. */
export function listOf(questions: readonly Question[]): string {
  return questions
    .map(({ id, asks, rows }) => {
      const decides = rows.map(({ name, isSwitch }) => (isSwitch ? `switch ${name}` : name));
      return `${id}\n  ${asks}\n  decides: ${decides.join('; ')}`;
    })
    .join('\n');
}

/** What a person must know before saying yes. */
export function introductionOf(
  questions: readonly Question[],
  { accountId, region, out }: { accountId: string; region: string; out: string },
): string {
  return `This asks API Gateway ${questions.length} questions, in an account that you can throw away.

Account   ends in ${accountId.slice(-4)}
Region    ${region}
Creates   small APIs named ${PREFIX}…, each with the tag ${TAG}:
${questions.map(({ id, creates }) => `            ${id}: ${creates}`).join('\n')}
          HTTP APIs have the REST API of the run as their backend: its method GET /open answers
          everybody, with a fixed text, for as long as the run lasts. Nothing else is called.
Costs     nearly nothing: a few thousand requests at most, at about 1 to 4 US dollars a million
Takes     up to half an hour, as API Gateway lets one REST API be made and deleted only now and then
Rights    sts:GetCallerIdentity
          apigateway:GET, POST, PUT, PATCH and DELETE on /restapis*, /apis* and /tags*
          execute-api:Invoke on the APIs that it makes
Writes    ${out}/
Deletes   every API that it made, also when it is stopped or fails; after a kill: --clean
`;
}

/** Asks the person; everything but "yes" is a no. */
export async function isAgreed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
    return (await Promise.race([lines.question('Type yes to go on: '), ended])).trim() === 'yes';
  } finally {
    lines.close();
  }
}
