import type { Place, Unresolved } from '../../../model/declared.js';
import { type Files, resolveFrom } from '../files.js';
import { LIMITS } from '../limits.js';
import { type Node, scalarText } from '../node.js';
import { parseText } from '../parse.js';
import { SyntaxProblem } from '../parse-json.js';

/**
 * Reads a file that a template names: by a local path, which `sam package` and
 * `aws cloudformation package` upload (AWS CLI Command Reference, "cloudformation package").
 */
export function readNode(request: {
  readonly files: Files;
  /** The file that names it. */
  readonly from: string;
  readonly location: Node | undefined;
  readonly at: Place;
  readonly what: string;
}): Node | Unresolved {
  const { files, from, location, at, what } = request;
  const written = scalarText(location);
  const give = 'put the file into the repository and write its path';
  if (written === undefined) {
    return { reason: `${what} has a location that is known at the deployment`, give, place: at };
  }
  if (/^[a-z][a-z0-9+.-]*:/i.test(written)) {
    return { reason: `${what} reads ${written}, which is not in the repository`, give, place: at };
  }
  const file = resolveFrom(from, written);
  if (file === null) return { reason: `${what} leads out of the workspace`, give, place: at };
  const source = files.read(file, LIMITS.bytes);
  if ('problem' in source) return { reason: `${what}: ${file} ${source.problem}`, give, place: at };
  try {
    return parseText(file, source.text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    const reason = `${what}: ${file} cannot be parsed: ${error.message}`;
    return { reason, give: 'mend the file', place: error.place };
  }
}
