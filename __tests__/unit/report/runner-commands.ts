/** What .NET passes over when it compares strings by culture, as far as ICU ignores it. */
const IGNORABLE = /[\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * Whether the runner would run something in one line of output, with every command registered:
 * `TryParseV2` and `TryParse` of actions/runner, src/Runner.Common/ActionCommand.cs, each for the
 * line as it is and as it is without what a comparison may ignore.
 */
export function holdsCommand(line: string): boolean {
  return [line, line.replace(IGNORABLE, '')].some((seen) => {
    const trimmed = seen.replace(/^[\s\u0085]+/, '');
    const isNewForm = trimmed.startsWith('::') && trimmed.indexOf('::', 2) >= 0;
    const oldForm = seen.indexOf('##[');
    return isNewForm || (oldForm >= 0 && seen.indexOf(']', oldForm) >= 0);
  });
}

export function splitLines(output: string): string[] {
  return output.split(/\r\n|[\n\r\u0085\u2028\u2029]/);
}
