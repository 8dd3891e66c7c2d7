import type { Unresolved } from '../../../model/declared.js';
import { type Entry, entriesOf, isList, isMap, type Node, scalarText } from '../node.js';

/** Sections of a template that decide what its resources become. */
const SECTIONS = ['Resources', 'Parameters', 'Mappings', 'Conditions', 'Transform', 'Globals'];

/** What decides of a resource whether it is there, and what it is. */
const OF_RESOURCE = ['Type', 'Properties', 'Condition'];

/**
 * Keys that stand twice with different values where one value alone is judged. What CloudFormation and SAM
 * make of such a template is not documented, so that nobody knows it. Where each of the two is judged, as
 * of a method's type or an operation, nothing is said here; nor of what has to do with no API.
 */
export function keysTwice(template: Node): readonly Unresolved[] {
  const found = twiceIn(template, SECTIONS);
  const sections = (name: string) => entriesOf(template, name).map(({ value }) => value);
  for (const parameters of sections('Parameters')) found.push(...twiceWithin(parameters, 2));
  for (const conditions of sections('Conditions')) found.push(...twiceWithin(conditions, 1));
  for (const globals of sections('Globals')) found.push(...twiceWithin(globals));
  for (const resources of sections('Resources')) {
    if (!isMap(resources)) continue;
    for (const { value } of resources.entries) found.push(...ofResource(value));
  }
  return found.map(({ key, at }) => ({
    reason: `the key ${key} stands twice, and AWS does not document which one counts`,
    give: 'take one of the two away',
    place: at,
  }));
}

function ofResource(resource: Node): readonly Entry[] {
  const types = entriesOf(resource, 'Type').map(({ value }) => scalarText(value) ?? '');
  const isSam = types.some((it) => it.startsWith('AWS::Serverless::'));
  if (!isSam && !types.some((it) => DECIDES.test(it))) return [];
  const found = twiceIn(resource, OF_RESOURCE);
  if (!isSam) return found;
  const isApi = types.some((it) => it.endsWith('Api'));
  for (const { value } of entriesOf(resource, 'Properties')) {
    // SAM takes a value where CloudFormation's resources are judged with each.
    if (isApi) found.push(...twiceWithin(value));
    else {
      found.push(...twiceIn(value, ['Events']));
      for (const events of entriesOf(value, 'Events')) found.push(...twiceWithin(events.value));
    }
  }
  return found;
}

const DECIDES = /^AWS::ApiGateway|^AWS::CloudFormation::Stack$/;

/** Of the named keys of a map, the last of those that stand there with different values. */
function twiceIn(node: Node, keys: readonly string[]): Entry[] {
  if (!isMap(node)) return [];
  return twiceAmong(node.entries.filter(({ key }) => keys.includes(key)));
}

/** Of all keys of a map, and of what it holds, as deep as that. */
function twiceWithin(node: Node, depth = Number.POSITIVE_INFINITY): readonly Entry[] {
  if (depth < 1) return [];
  if (isList(node)) return node.items.flatMap((it) => twiceWithin(it, depth));
  if (!isMap(node)) return [];
  return [
    ...twiceAmong(node.entries),
    ...node.entries.flatMap(({ value }) => twiceWithin(value, depth - 1)),
  ];
}

function twiceAmong(entries: readonly Entry[]): Entry[] {
  return [...Map.groupBy(entries, ({ key }) => key).values()].flatMap((same) => {
    const last = same.at(-1);
    if (last === undefined || same.length < 2) return [];
    const values = new Set(same.map(({ value }) => JSON.stringify(asText(value))));
    return values.size > 1 ? [last] : [];
  });
}

/** A value by what is read of it: `2.0` and `"2.0"` are one. */
function asText(node: Node): unknown {
  if (isList(node)) return node.items.map(asText);
  if (isMap(node)) return node.entries.map(({ key, value }) => [key, asText(value)]);
  return scalarText(node) ?? null;
}
