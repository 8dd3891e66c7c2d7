import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach } from '@jest/globals';
import { runAction } from '../../runner/run-action.js';
import type { Report } from '../../src/report/report.js';
import { reportSchema } from '../../src/report/schema.js';
import { BUNDLE, type Outcome } from './kit.js';
import { checkReportFiles } from './report-files.js';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
});

type Texts = Readonly<Record<string, string>>;

/** A checked-out repository with some files. */
export async function workspaceOf(files: Texts): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'apigw-iam-gate-workspace-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

/** Runs the bundle on files alone: no emulator, no region, no credentials, no variable of AWS at all. */
export async function judgeAlone(
  files: Texts,
  inputs: Texts,
  change: (workspace: string) => Promise<void> = async () => undefined,
): Promise<Outcome> {
  const workspace = await workspaceOf(files);
  await change(workspace);
  const result = await runAction({
    bundle: BUNDLE,
    inputs,
    // Whoever asks anybody at all gets no answer.
    environment: { GITHUB_WORKSPACE: workspace, HTTPS_PROXY: 'http://127.0.0.1:9' },
  });
  if (result.report !== null) checkReportFiles(result);
  return {
    ...result,
    get parsed(): Report {
      if (result.report === null) throw new Error(`no report:\n${result.stdout}${result.stderr}`);
      return reportSchema.parse(JSON.parse(result.report));
    },
  };
}

/** A template of one REST API with methods of these types, each on a line that is easy to count. */
export function restTemplate(methods: Texts): string {
  const resources = Object.entries(methods).map(
    ([verb, type]) => `  ${verb}Orders:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref OrdersApi
      ResourceId: !Ref Orders
      HttpMethod: ${verb.toUpperCase()}
      AuthorizationType: ${type}
      Integration: {Type: AWS_PROXY, IntegrationHttpMethod: POST, Uri: "arn:aws:lambda"}
`,
  );
  return `Resources:
  OrdersApi:
    Type: AWS::ApiGateway::RestApi
    Properties: {Name: orders}
  Orders:
    Type: AWS::ApiGateway::Resource
    Properties: {RestApiId: !Ref OrdersApi, ParentId: !GetAtt OrdersApi.RootResourceId, PathPart: orders}
${resources.join('')}`;
}

/** The line on which a text stands. */
export function lineOf(text: string, part: string): number {
  const at = text.indexOf(part);
  if (at < 0) throw new Error(`${part} is not there`);
  return text.slice(0, at).split('\n').length;
}
