import type { Place, Unresolved } from '../../../model/declared.js';
import { get, isList, isMap, type Node, scalarText } from '../node.js';
import type { Scope } from './scope.js';

const SERVERLESS = 'AWS::Serverless-2016-10-31';

/**
 * Macros of AWS that write no API (CloudFormation Template Reference, "Transforms"); Include and
 * LanguageExtensions are read here.
 */
export const HARMLESS_MACROS = new Set([
  SERVERLESS,
  'AWS::Include',
  'AWS::LanguageExtensions',
  'AWS::CodeDeployBlueGreen',
  'AWS::SecretsManager-2020-07-23',
  'AWS::SecretsManager-2024-09-16',
  'AWS::ServiceCatalog',
]);

/** Whether a template is SAM's, by its transform or by its resources. */
export function writesSam(template: Node, transforms: readonly Transform[]): boolean {
  if (transforms.some(({ name }) => name === SERVERLESS)) return true;
  const resources = get(template, 'Resources');
  return (
    isMap(resources) &&
    resources.entries.some(
      ({ value }) => scalarText(get(value, 'Type'))?.startsWith('AWS::Serverless::') === true,
    )
  );
}

/** A macro that a template names for all of it. */
export interface Transform {
  readonly name: string;
  readonly node: Node;
  readonly at: Place;
}

/** The macros of a template, in order. */
export function transformsOf(root: Node): readonly Transform[] {
  const written = get(root, 'Transform');
  if (written === undefined) return [];
  const all = isList(written) ? written.items : [written];
  return all.map((node) => {
    const name = scalarText(node) ?? scalarText(get(node, 'Name')) ?? 'of an unknown name';
    return { name, node, at: node.at };
  });
}

/** `Transform: {Name: AWS::Include}` of the whole template adds sections and resources. */
export function withIncludes(
  root: Node,
  transforms: readonly Transform[],
  scope: Scope,
  unresolved: Unresolved[],
): Node {
  let whole = root;
  for (const { name, node, at } of transforms) {
    if (name !== 'AWS::Include' || !isMap(node)) continue;
    const included = scope.include(get(node, 'Parameters', 'Location'), at);
    if ('reason' in included) unresolved.push(included);
    else if (isMap(included) && isMap(whole)) {
      let entries = whole.entries;
      for (const section of included.entries) {
        const present = entries.find(({ key }) => key === section.key);
        entries =
          present !== undefined && isMap(present.value) && isMap(section.value)
            ? entries.map((it) =>
                it === present && isMap(it.value) && isMap(section.value)
                  ? {
                      ...it,
                      value: {
                        ...it.value,
                        entries: [...it.value.entries, ...section.value.entries],
                      },
                    }
                  : it,
              )
            : [...entries, section];
      }
      whole = { ...whole, entries };
    }
  }
  return whole;
}

/** Macros within the template: one may rewrite whatever stands beside it. */
export function macrosIn(root: Node): readonly Unresolved[] {
  const found = new Map<string, Unresolved>();
  const visit = (node: Node): void => {
    if (isList(node)) node.items.forEach(visit);
    if (!isMap(node)) return;
    for (const { key, value, at } of node.entries) {
      const name = key === 'Fn::Transform' ? scalarText(get(value, 'Name')) : 'AWS::Include';
      if (name !== 'AWS::Include') {
        found.set(name ?? '', {
          reason: `the macro ${name ?? '(of an unknown name)'} can rewrite what stands beside it`,
          give: 'give the processed template (GetTemplate, stage Processed)',
          place: at,
        });
      }
      visit(value);
    }
  };
  visit(root);
  return [...found.values()];
}
