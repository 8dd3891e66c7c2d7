import { get, isList, isMap, type Node, scalarText } from './node.js';

export type DocumentKind = 'openapi' | 'template' | 'serverless.yml' | 'other';

/** What a YAML or JSON file is, by what it holds. */
export function kindOf(root: Node): DocumentKind {
  if (!isMap(root)) return 'other';
  const has = (key: string) => get(root, key) !== undefined;
  if (has('swagger') || has('openapi')) return 'openapi';
  if (has('Resources') || has('AWSTemplateFormatVersion') || includesSections(root)) {
    return 'template';
  }
  // Plugins make APIs from `custom` alone.
  if (has('service') && (has('provider') || has('functions'))) return 'serverless.yml';
  const paths = get(root, 'paths');
  // A part of a document, such as one that a template includes.
  if (isMap(paths) && paths.entries.some(({ key }) => key.startsWith('/'))) return 'openapi';
  return 'other';
}

/** Whether `AWS::Include` brings the sections of a template that has none of its own. */
function includesSections(root: Node): boolean {
  const transform = get(root, 'Transform');
  const all = isList(transform) ? transform.items : [transform];
  return all.some((it) => scalarText(get(it, 'Name')) === 'AWS::Include');
}

/** Whether a template is what the Serverless Framework compiled. */
export function isServerlessCompiled(file: string, root: Node): boolean {
  return (
    /(^|\/)cloudformation-template-(update|create)-stack\.json$/.test(file) ||
    get(root, 'Outputs', 'ServerlessDeploymentBucketName') !== undefined ||
    scalarText(get(root, 'Resources', 'ServerlessDeploymentBucket', 'Type')) === 'AWS::S3::Bucket'
  );
}

/** Whether a template, as text, may make an API: by a resource of its own, a nested stack or a macro. */
export function mayMakeApis(template: string): boolean {
  return /AWS::(?:ApiGateway|ApiGatewayV2|Serverless|CloudFormation)::|Transform/.test(template);
}
