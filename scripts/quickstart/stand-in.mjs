import { copyFile, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { parseDocument } from 'yaml';

/*
 * Stands in for `aws` and `curl` while the quickstart is followed: it refuses what the real ones would
 * refuse of these commands, and anything that the quickstart should not need.
 */

const [tool, root = '', ...args] = process.argv.slice(2);

try {
  await (tool === 'aws' ? aws() : curl());
} catch (error) {
  console.error(`${tool}: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
}

/** `curl -fsSO` of a file of the repository's newest version. */
async function curl() {
  const [flags, url = ''] = args;
  const path = /^https:\/\/raw\.githubusercontent\.com\/[^/]+\/apigw-iam-gate\/v1\/(.+)$/.exec(
    url,
  )?.[1];
  if (flags !== '-fsSO' || path === undefined) throw new Error(`not expected: ${args.join(' ')}`);
  await copyFile(join(root, path), basename(path));
}

/** `aws cloudformation deploy` and `describe-stacks`. */
async function aws() {
  const [service, command] = args;
  if (service !== 'cloudformation') throw new Error(`not expected: ${args.join(' ')}`);
  if (command === 'describe-stacks') {
    const arn = 'arn:aws:iam::111122223333:role/apigw-iam-gate-audit';
    console.log(JSON.stringify([{ OutputKey: 'AuditRoleArn', OutputValue: arn }], null, 4));
    return;
  }
  if (command !== 'deploy') throw new Error(`not expected: ${args.join(' ')}`);
  const template = parseDocument(await readFile(optionValue('--template-file'), 'utf8'), {
    logLevel: 'silent',
  });
  if (template.errors.length > 0) throw new Error(String(template.errors[0]));
  const declared = template.toJS().Parameters;
  const at = args.indexOf('--parameter-overrides');
  const given = new Map(
    args.slice(at + 1).map((it) => [it.replace(/=.*$/s, ''), it.replace(/^[^=]*=/, '')]),
  );
  for (const key of given.keys()) {
    if (!(key in declared)) throw new Error(`Parameters: [${key}] do not exist in the template`);
  }
  for (const [key, { Default, AllowedPattern }] of Object.entries(declared)) {
    const value = given.get(key) ?? Default;
    if (value === undefined) throw new Error(`Parameters: [${key}] must have values`);
    if (AllowedPattern !== undefined && !new RegExp(`^(?:${AllowedPattern})$`).test(value)) {
      throw new Error(`Parameter '${key}' must match pattern ${AllowedPattern}`);
    }
  }
  if (optionValue('--capabilities') !== 'CAPABILITY_NAMED_IAM') {
    throw new Error('Requires capabilities : [CAPABILITY_NAMED_IAM]');
  }
  console.log(`Successfully created/updated stack - ${optionValue('--stack-name')}`);
}

/** @param {string} option */
function optionValue(option) {
  const value = args[args.indexOf(option) + 1];
  if (!args.includes(option) || value === undefined) throw new Error(`${option} is missing`);
  return value;
}
