import type { DeclaredApi, DeclaredMethod } from '../../model/declared.js';
import { get, type Node, toData } from './node.js';

/**
 * Adds to each method of a compiled template what to look for in `serverless.yml`: the function and
 * its event. It is a hint: the file itself is full of variables, and the compiled template is judged.
 */
export function withServerlessHints(api: DeclaredApi, template: Node): DeclaredApi {
  return {
    ...api,
    methods: api.methods.map((method): DeclaredMethod => {
      const name = functionOf(method, template);
      if (name === null) return method;
      const event = api.kind === 'REST' ? 'http' : api.kind === 'HTTP' ? 'httpApi' : 'websocket';
      const note = `in serverless.yml: functions.${name}, its ${event} event ${method.key ?? ''}`;
      return { ...method, notes: [...method.notes, note.trim()] };
    }),
  };
}

/** The function that a method's integration calls: `HelloDashworldLambdaFunction` is `hello-world`. */
function functionOf({ resource }: DeclaredMethod, template: Node): string | null {
  const properties =
    resource === null ? undefined : get(template, 'Resources', resource, 'Properties');
  const integration = get(properties, 'Integration') ?? targetOf(properties, template);
  if (integration === undefined) return null;
  const text = JSON.stringify(toData(integration));
  const found = /"(?:[^"]*\$\{)?([A-Za-z0-9]+)LambdaFunction[".}]/.exec(text)?.[1];
  if (found === undefined) return null;
  // The name's first letter alone was raised; a function's name seldom begins with a capital.
  const name = found.replaceAll('Dash', '-').replaceAll('Underscore', '_');
  return `${name.charAt(0).toLowerCase()}${name.slice(1)}`;
}

/** The integration of a route, which is a resource of its own. */
function targetOf(properties: Node | undefined, template: Node): Node | undefined {
  const target = get(properties, 'Target');
  if (target === undefined) return undefined;
  const ids = [...JSON.stringify(toData(target)).matchAll(/"Ref":"([A-Za-z0-9]+)"/g)];
  const [first] = ids;
  return first?.[1] === undefined ? undefined : get(template, 'Resources', first[1], 'Properties');
}
