import { readFile } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import {
  CLOUDFORMATION,
  type Dialect,
  insertRights,
  MARKDOWN,
  TERRAFORM,
} from '../../../setup/render.js';
import { type Purpose, RIGHTS } from '../../../setup/rights.js';
import { missingStatement } from '../../../src/aws/missing-right.js';
import {
  callsOf,
  offlineApiGateway,
  offlineApiGatewayV2,
  offlineCloudFormation,
  offlineIam,
} from '../aws/calls-kit.js';
import { type Asked, allows, unusedRights } from './allowed.js';

const ROOT = new URL('../../../', import.meta.url);
const text = (path: string): Promise<string> => readFile(new URL(path, ROOT), 'utf8');

/** A value for each placeholder, as `missingStatement` shows what it was about. */
const SHOWN = {
  partition: 'aws',
  region: 'eu-west-1',
  account: 'ACCOUNT_ID',
  api: 'a1b2c3d4e5',
  group: 'callers',
  stack: 'my-stack',
};
const SUBJECTS: Readonly<Record<string, string>> = {
  'of IAM, on a group': 'callers',
  'of IAM, on a policy': 'apigw-iam-gate-a1b2c3d4e5-prod',
  'of API Gateway': 'a1b2c3d4e5 prod',
  'of CloudFormation': 'my-stack',
};

/** What makes a fleet's plan. */
const LISTED = [
  'ListAccounts',
  'ListAccountsForParent',
  'ListOrganizationalUnitsForParent',
  'ListRegions',
];

async function asked(): Promise<(Asked & { readonly operation: string })[]> {
  const about = (operation: string, subject: string, service?: 'apigatewayv2') => {
    const { Action, Resource } = missingStatement(operation, {
      region: SHOWN.region,
      subject,
      ...(service === undefined ? {} : { service }),
    });
    return { operation, action: Action, resource: Resource };
  };
  const [first, second, iam, stacks] = await Promise.all(
    [offlineApiGateway(), offlineApiGatewayV2(), offlineIam(), offlineCloudFormation()].map(
      callsOf,
    ),
  );
  const subject = SUBJECTS['of API Gateway'] ?? '';
  return [
    ...(first ?? []).map((name) => about(name, subject)),
    ...(second ?? []).map((name) => about(name, subject, 'apigatewayv2')),
    ...LISTED.map((name) => about(name, '')),
    ...(stacks ?? []).map((name) => about(name, SUBJECTS['of CloudFormation'] ?? '')),
    ...(iam ?? [])
      .filter((name) => name !== 'GetCallerIdentity')
      .map((name) =>
        about(
          name,
          SUBJECTS[/Group/.test(name) ? 'of IAM, on a group' : 'of IAM, on a policy'] ?? '',
        ),
      ),
  ];
}

const everything = Object.keys(RIGHTS) as Purpose[];

describe('the rights', () => {
  test('allow each call that the gate makes', async () => {
    const refused = (await asked()).filter((it) => !allows(everything, it, SHOWN));
    expect(refused).toEqual([]);
  });

  test('to audit allow each call that reads, and none that changes', async () => {
    const ofApis = (await asked()).filter(({ action }) => action.startsWith('apigateway:'));
    const allowed = ofApis.filter((it) => allows(['audit'], it, SHOWN));
    const reading = ofApis.filter(({ operation }) => /^(?:Get|List|Export)/.test(operation));
    expect(allowed).toEqual(reading);
    expect(reading.length).toBeLessThan(ofApis.length);
  });

  test('are all needed', async () => {
    const beside = [
      // No call of the management API: requests to the endpoint, and tags that come with CreatePolicy.
      'execute-api:Invoke',
      'iam:TagPolicy',
    ];
    const unused = unusedRights(everything, await asked(), SHOWN);
    expect(unused.filter((it) => !beside.some((name) => it.startsWith(name)))).toEqual([]);
  });
});

const FILES: readonly [string, Dialect][] = [
  ['docs/reference.md', MARKDOWN],
  ['docs/access.md', MARKDOWN],
  ['docs/finding-apis.md', MARKDOWN],
  ['setup/github-actions.yaml', CLOUDFORMATION],
  ['setup/terraform/main.tf', TERRAFORM],
  ['docs/fleet.md', MARKDOWN],
  ['setup/organization/reader.yaml', CLOUDFORMATION],
  ['setup/organization/hub.yaml', CLOUDFORMATION],
  ['setup/organization/terraform/main.tf', TERRAFORM],
];

test.each(FILES)('%s has the rights that it is made from', async (file, dialect) => {
  const committed = await text(file);
  expect(insertRights(committed, dialect)).toBe(committed);
});

test('a document without markers, or with one that does not end, is refused', () => {
  expect(() => insertRights('# nothing', CLOUDFORMATION)).toThrow('no marker');
  expect(() => insertRights('  # rights audit:begin (…)\n', CLOUDFORMATION)).toThrow(
    'The rights audit begin, and do not end.',
  );
});

test('what stood between the markers is replaced, at its own indentation, wherever it stands', () => {
  const marked = '    # rights enforce:begin (x)\n    old\n    # rights enforce:end\n';
  const document = insertRights(`a\n${marked}b\n${marked}`, CLOUDFORMATION);
  expect(document).not.toContain('old');
  expect(document.match(/^ {4}- Sid: Deploy$/gm)).toHaveLength(2);
  expect(insertRights(document, CLOUDFORMATION)).toBe(document);
});
