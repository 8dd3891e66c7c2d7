import { LIMITS } from './limits.js';
import type { Node } from './node.js';
import { parseJson, SyntaxProblem } from './parse-json.js';
import { parseYaml } from './parse-yaml.js';

/** Parses a YAML or JSON file, whichever it is; throws a `SyntaxProblem` with its place. */
export function parseText(file: string, text: string): Node {
  if (!/^\ufeff?\s*[{[]/.test(text)) return yaml(file, text);
  try {
    return parseJson(file, text);
  } catch (error) {
    if (!(error instanceof SyntaxProblem)) throw error;
    // YAML's flow style looks like JSON, and its readers take what JSON does not: comments, `{a: 1}`.
    try {
      return yaml(file, text);
    } catch {
      throw error;
    }
  }
}

function yaml(file: string, text: string): Node {
  const start = { file, line: 1, column: 1 };
  if (text.length > LIMITS.yamlBytes) {
    throw new SyntaxProblem(`YAML of more than ${LIMITS.yamlBytes / 1024 / 1024} MiB`, start);
  }
  try {
    return parseYaml(file, text);
  } catch (error) {
    if (error instanceof SyntaxProblem) throw error;
    if (error instanceof RangeError) {
      throw new SyntaxProblem(`values are nested more than ${LIMITS.depth} deep`, start);
    }
    throw new SyntaxProblem(error instanceof Error ? error.message : String(error), start);
  }
}
