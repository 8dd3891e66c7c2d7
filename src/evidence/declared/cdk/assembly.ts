import type { DeclaredApi, DeclaredMethod, Fix, Unresolved } from '../../../model/declared.js';
import { isRecord } from '../../../model/json-data.js';
import type { Resource } from '../cloudformation/resources.js';
import { readTemplate } from '../cloudformation/template.js';
import type { TemplateReading } from '../cloudformation/template-request.js';
import { type Files, normalize } from '../files.js';
import { LIMITS } from '../limits.js';
import { get, type Node, scalar, scalarText } from '../node.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';
import { FIXES } from '../snippets.js';
import { type SourceLines, sourceLines } from './metadata.js';

export interface AssemblyReading {
  readonly apis: readonly DeclaredApi[];
  readonly unresolved: readonly Unresolved[];
  readonly undeployable: TemplateReading['undeployable'];
  /** Why the assembly cannot be read; `null` where it can. */
  readonly problem: string | null;
  /** The templates that were read. */
  readonly templates: readonly string[];
}

/** Reads a cloud assembly: `cdk.out`, by its manifest, with its nested assemblies and stacks. */
export function readAssembly(
  folder: string,
  files: Files,
  given: Parameters<typeof readTemplate>[0]['given'],
  depth = 0,
): AssemblyReading {
  const at = (name: string) => (folder === '' ? name : `${folder}/${name}`);
  const manifestFile = at('manifest.json');
  const manifest = readJson(manifestFile, files);
  if (!isRecord(manifest) || !isRecord(manifest.artifacts)) {
    return { ...EMPTY, problem: `${manifestFile} is no manifest of a cloud assembly` };
  }
  if (depth > LIMITS.nesting) return { ...EMPTY, problem: 'assemblies are nested too deep' };
  const place = { file: manifestFile, line: 1, column: 1 };
  const missing: readonly unknown[] = Array.isArray(manifest.missing) ? manifest.missing : [];
  // "Missing context information. If this field has values, it means that the cloud assembly is not complete
  // and should not be deployed" (aws-cdk, cloud-assembly-schema): its templates hold values in their place.
  const incomplete = missing.length > 0 && {
    reason: `${manifestFile} misses context, and its templates have placeholders for it`,
    give: 'run `cdk synth` where it can look the context up, or commit cdk.context.json',
    place,
  };
  const readings = Object.entries(manifest.artifacts).map(([id, artifact]): AssemblyReading => {
    if (!isRecord(artifact)) return EMPTY;
    const properties = isRecord(artifact.properties) ? artifact.properties : {};
    if (artifact.type === 'cdk:cloud-assembly') {
      const directory = normalize(at(String(properties.directoryName ?? '')));
      if (directory === null) return { ...EMPTY, problem: `${id} leads out of the workspace` };
      return readAssembly(directory, files, given, depth + 1);
    }
    if (artifact.type !== 'aws:cloudformation:stack') return EMPTY;
    return readStack(id, artifact, properties, folder, files, given);
  });
  return {
    apis: readings.flatMap((it) => it.apis),
    unresolved: [...(incomplete ? [incomplete] : []), ...readings.flatMap((it) => it.unresolved)],
    undeployable: readings.flatMap((it) => it.undeployable),
    problem: readings.find((it) => it.problem !== null)?.problem ?? null,
    templates: readings.flatMap((it) => it.templates),
  };
}

const EMPTY: AssemblyReading = {
  apis: [],
  unresolved: [],
  undeployable: [],
  problem: null,
  templates: [],
};

function readStack(
  id: string,
  artifact: Readonly<Record<string, unknown>>,
  properties: Readonly<Record<string, unknown>>,
  folder: string,
  files: Files,
  given: Parameters<typeof readTemplate>[0]['given'],
): AssemblyReading {
  const inside = (name: string) => normalize(folder === '' ? name : `${folder}/${name}`);
  const templateFile = inside(String(properties.templateFile ?? ''));
  if (templateFile === null) return { ...EMPTY, problem: `stack ${id} leads out of the workspace` };
  const source = files.read(templateFile, LIMITS.bytes);
  if ('problem' in source) return { ...EMPTY, problem: `${templateFile} ${source.problem}` };
  let root: ReturnType<typeof parseText>;
  try {
    root = parseText(templateFile, source.text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return {
      ...EMPTY,
      problem: `${templateFile}:${error.place.line} cannot be parsed: ${error.message}`,
    };
  }
  const metadataFile = artifact.additionalMetadataFile;
  const metadata = {
    ...(isRecord(artifact.metadata) ? artifact.metadata : {}),
    ...asRecord(
      typeof metadataFile === 'string' ? readJson(inside(metadataFile) ?? '', files) : null,
    ),
  };
  const countLines = (path: string) => {
    const found = files.read(path, LIMITS.bytes);
    return 'text' in found ? found.text.split('\n').length : null;
  };
  const lines = sourceLines(metadata, files.root, countLines);
  const assets = assetFiles(inside(`${id}.assets.json`), files, inside);
  const stackName = properties.stackName;
  const reading = readTemplate({
    file: templateFile,
    text: source.text,
    root,
    files,
    language: 'cdk',
    // The CLI's own --parameters win over those of the app (`properties.parameters` of the manifest).
    given: new Map([
      ...parametersOf(properties.parameters, inside('manifest.json') ?? ''),
      ...given,
    ]),
    stack: typeof stackName === 'string' ? stackName : id,
    prefix: '',
    assetOf: (resource, key) => {
      const path = assetPath(resource, 'BodyS3Location');
      const byPath = path === undefined ? null : inside(path);
      const published = key === undefined ? undefined : assets.get(key);
      // What is published under the key is deployed; where that is not known, the path tells it.
      if (published === undefined) return byPath;
      return byPath === null || byPath === published ? published : null;
    },
    nestedOf: (resource) => {
      const path = assetPath(resource, 'TemplateURL');
      return path === undefined ? null : inside(path);
    },
  });
  return {
    apis: reading.apis.map((api) => inApp(api, lines)),
    unresolved: reading.unresolved,
    undeployable: reading.undeployable,
    problem: null,
    templates: [templateFile],
  };
}

/** The file of an asset that a property names, as the resource's metadata has it. */
function assetPath(resource: Resource, property: string): string | undefined {
  const of = scalarText(get(resource.node, 'Metadata', 'aws:asset:property')) ?? property;
  return of === property ? scalarText(get(resource.node, 'Metadata', 'aws:asset:path')) : undefined;
}

/** The values that the app gives the parameters of a stack. */
function parametersOf(data: unknown, file: string): ReadonlyMap<string, Node> {
  const place = { file, line: 1, column: 1 };
  return new Map(
    Object.entries(asRecord(data)).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, scalar(value, place)] as const] : [],
    ),
  );
}

/** The file of each object key that the stack's asset manifest publishes; `null` of several under one key. */
function assetFiles(
  manifestFile: string | null,
  files: Files,
  inside: (name: string) => string | null,
): ReadonlyMap<string, string | null> {
  const found = new Map<string, string | null>();
  const manifest = manifestFile === null ? null : readJson(manifestFile, files);
  const listed = isRecord(manifest) ? manifest.files : null;
  for (const asset of isRecord(listed) ? Object.values(listed) : []) {
    if (!isRecord(asset) || !isRecord(asset.source) || !isRecord(asset.destinations)) continue;
    const path = asset.source.path;
    const file = typeof path === 'string' ? inside(path) : null;
    for (const destination of Object.values(asset.destinations)) {
      const key = isRecord(destination) ? destination.objectKey : null;
      if (typeof key !== 'string') continue;
      found.set(key, found.has(key) && found.get(key) !== file ? null : file);
    }
  }
  return found;
}

function readJson(file: string, files: Files): unknown {
  const source = files.read(file, LIMITS.bytes);
  if ('problem' in source) return null;
  try {
    const data: unknown = JSON.parse(source.text);
    return data;
  } catch {
    return null;
  }
}

function asRecord(data: unknown): Readonly<Record<string, unknown>> {
  return isRecord(data) ? data : {};
}

/** Puts what was found on the app's own lines, with the construct's own options as the fix. */
function inApp(api: DeclaredApi, lines: SourceLines): DeclaredApi {
  const logicalId = (name: string | null) => (name === null ? null : lines.placeOf(name));
  return {
    ...api,
    place: logicalId(api.name) ?? api.place,
    methods: api.methods.map((method): DeclaredMethod => {
      if (method.resource === null) return method;
      return {
        ...method,
        place: logicalId(method.resource) ?? method.place,
        fix: fixOf(api),
      };
    }),
  };
}

function fixOf(api: DeclaredApi): Fix {
  if (api.kind === 'REST') return FIXES.cdkMethod;
  return api.kind === 'HTTP' ? FIXES.cdkHttpRoute : FIXES.cdkWebSocketRoute;
}
