/**
 * Reads the file that `GITHUB_OUTPUT` or `GITHUB_STATE` names: `name<<delimiter`, lines of the value, `delimiter`
 * (GitHub Docs, "Workflow commands", multiline strings).
 */
export function parseOutputs(text: string): Record<string, string> {
  const outputs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, delimiter] = /^([^=<]+)<<(.+)$/.exec(lines[at] ?? '') ?? [];
    if (name === undefined || delimiter === undefined) continue;
    const value: string[] = [];
    for (at += 1; at < lines.length && lines[at] !== delimiter; at += 1)
      value.push(lines[at] ?? '');
    outputs[name] = value.join('\n');
  }
  return outputs;
}
