import type { ApiKind } from '../../../model/api-kind.js';
import type { Place, Unresolved } from '../../../model/declared.js';
import { type Files, resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { movedTo, type Node } from '../node.js';
import type { BasePathMode } from '../openapi/base-path.js';
import { type DocumentReading, NO_DOCUMENT, readDocument } from '../openapi/document.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';
import { fileNamed } from './hcl.js';
import { attributeOf, type Source } from './sources.js';

/** The document of an API, of which the plan tells the text or that it is not known yet. */
export function readPlannedBody(request: {
  readonly body: unknown;
  readonly isUnknown: boolean;
  readonly what: string;
  readonly kind: ApiKind;
  readonly basePath: BasePathMode;
  readonly isInModule: boolean;
  /** The block that has `body`, where its file is here. */
  readonly source: Source | undefined;
  readonly place: Place;
  readonly files: Files;
}): DocumentReading | null {
  const { body, isUnknown, isInModule, what, kind, basePath, source, place, files } = request;
  const named = fileNamed(attributeOf(source, 'body')?.expression);
  // Other paths start at the root module, whose folder is not known to a module that it calls.
  const isHere = named !== null && (named.isFromModule || !isInModule);
  const path = isHere && source !== undefined ? resolveFrom(source.file, named.path) : null;
  const file = path === null ? null : files.read(path, LIMITS.bytes);
  const ofFile =
    path !== null && file !== null && 'text' in file ? { path, text: file.text } : null;
  if (isUnknown) {
    const unclear = {
      reason: `the body of ${what} is known after the apply alone`,
      give: `write the document into a file of the module and read it by templatefile("\${path.module}/…"), or make the body independent of new resources`,
      place,
    };
    if (ofFile === null || ofFile.text.includes('%{')) return failed(unclear);
    const document = parsed(ofFile.path, ofFile.text, place, what);
    return 'reason' in document ? failed(document) : readDocument(document, { kind, basePath });
  }
  if (typeof body !== 'string' || body === '') return null;
  // The file has the lines; the plan has what counts, where they are not the same.
  if (ofFile !== null && ofFile.text.trim() === body.trim()) {
    const document = parsed(ofFile.path, ofFile.text, place, what);
    return 'reason' in document ? failed(document) : readDocument(document, { kind, basePath });
  }
  const document = parsed(place.file, body, place, what);
  if ('reason' in document) return failed({ ...document, place });
  return readDocument(movedTo(document, place), { kind, basePath });
}

function parsed(file: string, text: string, place: Place, what: string): Node | Unresolved {
  try {
    return parseText(file, text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const reason = `the body of ${what} cannot be parsed: ${error.message}`;
    return { reason, give: 'mend the document', place: file === place.file ? place : error.place };
  }
}

function failed({ reason, give, place }: Unresolved): DocumentReading {
  return { ...NO_DOCUMENT, unresolved: [{ reason, give, place }] };
}
