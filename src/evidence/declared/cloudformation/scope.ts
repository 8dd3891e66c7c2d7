import type { Place, Unresolved } from '../../../model/declared.js';
import { get, isMap, type Node } from '../node.js';

/** What a parameter stands for in the template that nests this one. */
export interface Outer {
  /** The logical id of an API, with those of the stacks around it. */
  readonly api: string | null;
  /** The path of an API's resource. */
  readonly path: string | null;
}

/** A value that the template around this one gives and nobody knows yet. */
export interface UnknownGiven extends Unresolved {
  readonly outer: Outer | null;
}

/** What an intrinsic function of one template can refer to. */
export interface Scope {
  readonly parameters: Node | undefined;
  /** Values that are facts: from a parameter file, or from the template that nests this one. */
  readonly given: ReadonlyMap<string, Node | UnknownGiven>;
  readonly mappings: Node | undefined;
  readonly conditions: Node | undefined;
  /** The loop variables of `Fn::ForEach`. */
  readonly variables: ReadonlyMap<string, string>;
  /**
   * Whether conditions that are made of literals alone are decided. SAM's translator writes both of
   * their branches, and so both are told of its templates.
   */
  readonly decidesLiterals: boolean;
  /** What `Fn::Transform` with `AWS::Include` puts in. */
  readonly include: (location: Node | undefined, at: Place) => Node | Unresolved;
}

export function scopeOf(
  template: Node | undefined,
  given: Scope['given'],
  include: Scope['include'],
): Scope {
  const parameters = get(template, 'Parameters');
  // What is given and not known is one of the allowed values all the same.
  const isOpen = (name: string): boolean => get(parameters, name, 'AllowedValues') === undefined;
  const useful = [...given].filter(
    ([name, it]) => 'kind' in it || it.outer !== null || isOpen(name),
  );
  return {
    parameters,
    given: new Map(useful),
    mappings: get(template, 'Mappings'),
    conditions: get(template, 'Conditions'),
    variables: new Map(),
    decidesLiterals: true,
    include,
  };
}

/** A document on its own: nothing to refer to. */
export const NO_SCOPE: Scope = scopeOf(undefined, new Map(), (_location, place) => ({
  reason: 'Fn::Transform works in a CloudFormation template alone',
  give: 'name the template that includes this document',
  place,
}));

export function isParameter(scope: Scope, name: string): boolean {
  return isMap(scope.parameters) && scope.parameters.entries.some(({ key }) => key === name);
}
