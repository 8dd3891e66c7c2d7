import type { Place } from '../../../model/declared.js';
import {
  booleanOf,
  get,
  isList,
  isScalar,
  type ListNode,
  list,
  scalar,
  scalarText,
} from '../node.js';
import { type Call, type Folded, GIVE_PARAMETER, GIVE_VALUE, known, unknown } from './folded.js';
import type { Scope } from './scope.js';
import { extendWhen } from './when.js';

export function foldRef({ argument, at, scope, when }: Call): readonly Folded[] {
  const name = scalarText(argument);
  if (name === undefined) return [unknown(at, when, 'Ref names nothing', GIVE_VALUE)];
  if (name === 'AWS::NoValue') return [{ kind: 'absent', when, at }];
  const variable = scope.variables.get(name);
  if (variable !== undefined) return [known(scalar(variable, argument.at), when)];
  const parameter = parameterValues(name, scope, when, argument.at);
  if (parameter !== null) return parameter.map((it) => withoutReference(it, name));
  const placeholder = `\${${name}}`;
  if (name.startsWith('AWS::')) {
    return [unknown(at, when, `${name} is known at the deployment`, GIVE_VALUE, { placeholder })];
  }
  return [
    unknown(at, when, `the resource ${name} gets its value at the deployment`, GIVE_VALUE, {
      refersTo: name,
      placeholder,
    }),
  ];
}

/** A value that is a dynamic reference is not known, in a parameter neither. */
function withoutReference(value: Folded, name: string): Folded {
  if (value.kind !== 'known' || scalarText(value.node)?.includes('{{resolve:') !== true)
    return value;
  const reason = `parameter ${name} is a dynamic reference ({{resolve:…}}), which is read at the deployment`;
  return unknown(value.node.at, value.when, reason, GIVE_VALUE, { placeholder: `\${${name}}` });
}

/** Every value that a parameter can have; `null` where there is no such parameter. */
function parameterValues(
  name: string,
  scope: Scope,
  when: readonly string[],
  at: Place,
): readonly Folded[] | null {
  const placeholder = `\${${name}}`;
  const parameter = get(scope.parameters, name);
  const given = scope.given.get(name);
  // A parameter file may name parameters of other templates.
  if (parameter === undefined) return null;
  const type = scalarText(get(parameter, 'Type')) ?? 'String';
  // What a deployment gives is the name in the store ("SSM parameter types", CloudFormation User Guide).
  if (type.startsWith('AWS::SSM::Parameter::Value<')) {
    const reason = `parameter ${name} is read from the Systems Manager parameter store`;
    return [unknown(at, when, reason, GIVE_VALUE, { placeholder })];
  }
  const isListType = /^(CommaDelimitedList$|List<)/.test(type);
  if (given !== undefined) {
    if (!('kind' in given)) {
      const { place, reason, give, outer } = given;
      return [unknown(place, when, reason, give, { placeholder, outer })];
    }
    const text = isListType ? scalarText(given) : undefined;
    return [known(text === undefined ? given : commaList(text, given.at), when)];
  }
  const because = (reason: string) => [unknown(at, when, reason, GIVE_PARAMETER, { placeholder })];
  if (booleanOf(get(parameter, 'NoEcho')) === true) {
    return because(`parameter ${name} is a secret (NoEcho)`);
  }
  const allowed = get(parameter, 'AllowedValues');
  if (isList(allowed) && allowed.items.length > 0 && !isListType) {
    return allowed.items.flatMap((item) => {
      const extended = extendWhen(when, `${name}=${scalarText(item) ?? ''}`);
      return extended === null ? [] : [known(item, extended)];
    });
  }
  const value = get(parameter, 'Default');
  if (!isScalar(value)) return because(`parameter ${name} has no default`);
  const assumed = `parameter ${name} has its default ${value.text}, which a deployment can override`;
  return [known(isListType ? commaList(value.text, value.at) : value, when, [assumed])];
}

function commaList(text: string, at: Place): ListNode {
  return list(
    text.split(',').map((part) => scalar(part.trim(), at)),
    at,
  );
}

export function foldGetAtt({ argument, at, when }: Call): readonly Folded[] {
  const [first, ...rest] = isList(argument)
    ? argument.items.map(scalarText)
    : [scalarText(argument)];
  const name = first?.split('.', 1)[0] ?? '';
  const attribute = [first?.split('.').slice(1).join('.'), ...rest].filter(Boolean).join('.');
  return [
    unknown(at, when, `${name}.${attribute} is known once the resource exists`, GIVE_VALUE, {
      refersTo: name,
      placeholder: `\${${name}.${attribute}}`,
    }),
  ];
}
