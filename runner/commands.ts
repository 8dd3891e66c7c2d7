/** An annotation as the runner would make it of a workflow command. */
export interface AnnotationCommand {
  readonly level: 'error' | 'warning' | 'notice';
  readonly title: string;
  readonly message: string;
}

const PATTERN = /^\s*::(error|warning|notice)( [^:]*)?::(.*)$/;

/**
 * The annotations among the lines of a job's log, unescaped as the runner does it
 * (actions/runner, src/Runner.Common/ActionCommand.cs).
 */
export function annotationsIn(stdout: string): AnnotationCommand[] {
  return stdout.split('\n').flatMap((line) => {
    const [, level, properties = '', message = ''] = PATTERN.exec(line) ?? [];
    if (level !== 'error' && level !== 'warning' && level !== 'notice') return [];
    const [, title = ''] = /(?:^|[ ,])title=([^,]*)/.exec(properties) ?? [];
    return [{ level, title: unescapeProperty(title), message: unescapeData(message) }];
  });
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
