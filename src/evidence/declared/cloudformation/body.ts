import type { ApiKind } from '../../../model/api-kind.js';
import type { Place, Unresolved } from '../../../model/declared.js';
import { LIMITS } from '../limits.js';
import { get, isMap, movedTo, type Node, scalarText } from '../node.js';
import type { BasePathMode } from '../openapi/base-path.js';
import {
  type DocumentReading,
  mergeReadings,
  NO_DOCUMENT,
  readDocument,
} from '../openapi/document.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';
import type { ApiContext } from './api-draft.js';
import { fold, foldKey } from './fold.js';
import { readNode } from './include.js';
import type { Resource } from './resources.js';
import { NO_SCOPE } from './scope.js';

export interface BodyReading extends DocumentReading {
  /** Whether the resource has a document at all. */
  readonly hasDocument: boolean;
}

/** The document of an API: `Body`, in place or as text, and `BodyS3Location`, where its file is here. */
export function readBody(
  resource: Resource,
  kind: ApiKind,
  basePath: BasePathMode,
  context: ApiContext,
): BodyReading {
  const readings: DocumentReading[] = [];
  const { properties } = resource;
  const sam = context.samOf(resource.id);
  const options = { kind, basePath, ...(sam === undefined ? {} : { blame: sam.blame }) };
  for (const value of foldKey(properties, 'Body', context.scope, resource.choice)) {
    if (value.kind === 'absent') continue;
    const place = placeIn(value.keyAt, resource);
    if (value.kind === 'unknown') readings.push(nothing({ ...value, place }));
    else {
      const document = documentOf(value.node, place);
      if ('reason' in document) readings.push(nothing(document));
      else {
        const { scope } = context;
        readings.push(readDocument(document, { ...options, scope, when: value.when }));
      }
    }
  }
  for (const location of foldKey(properties, 'BodyS3Location', context.scope, resource.choice)) {
    if (location.kind === 'absent') continue;
    const place = placeIn(location.keyAt, resource);
    const document =
      location.kind === 'unknown'
        ? { ...location, place }
        : readLocation(location.node, resource, place, context);
    if ('reason' in document) readings.push(nothing(document));
    // A file on its own is no part of the template: its intrinsic functions would be plain text.
    else
      readings.push(readDocument(document, { ...options, scope: NO_SCOPE, when: location.when }));
  }
  const merged = merge(readings);
  const methods = merged.methods.map((it) => ({
    ...it,
    assumes: [...resource.assumes, ...it.assumes],
  }));
  return { ...merged, methods, hasDocument: readings.length > 0 };
}

function placeIn(keyAt: Place | null, resource: Resource): Place {
  return keyAt ?? resource.at;
}

/** A document that stands as text in the template: every place in it is the text's. */
function documentOf(node: Node, place: Place): Node | Unresolved {
  const text = scalarText(node);
  if (text === undefined) return node;
  try {
    return movedTo(parseText(place.file, text), place);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    return {
      reason: `its document cannot be parsed: ${error.message}`,
      give: 'mend the document',
      place,
    };
  }
}

function readLocation(
  location: Node,
  resource: Resource,
  place: Place,
  context: ApiContext,
): Node | Unresolved {
  const { file, files, scope } = context;
  const what = `the document of ${resource.id}`;
  const keys = isMap(location) ? foldKey(location, 'Key', scope) : [];
  const [key] = keys;
  const keyText = keys.length === 1 && key?.kind === 'known' ? scalarText(key.node) : undefined;
  const asset = context.assetOf?.(resource, keyText) ?? null;
  if (asset !== null) {
    const source = { kind: 'scalar' as const, value: asset, text: asset, at: place };
    return readNode({ files, from: '', location: source, at: place, what });
  }
  if (isMap(location)) {
    const bucket = scalarText(get(location, 'Bucket'));
    const where = keyText === undefined ? 'a bucket' : `s3://${bucket ?? '…'}/${keyText}`;
    const give =
      'put the file into the repository and write its path, or give the document in Body';
    return { reason: `${what} lies in ${where}, which is not in the repository`, give, place };
  }
  const values = fold(location, scope);
  const [only] = values;
  const source = values.length === 1 && only?.kind === 'known' ? only.node : undefined;
  return readNode({ files, from: file, location: source, at: place, what });
}

function nothing({ reason, give, place }: Unresolved): DocumentReading {
  return { ...NO_DOCUMENT, unresolved: [{ reason, give, place }] };
}

function merge(readings: readonly DocumentReading[]): DocumentReading {
  const merged = mergeReadings(readings);
  return { ...merged, methods: merged.methods.slice(0, LIMITS.nodes) };
}
