import { realpath, writeFile } from 'node:fs/promises';
import { INPUTS } from '../../inputs/table.js';
import { ofReport } from '../../publish/delivered.js';
import { EXIT, exitCodeOf } from '../../publish/exit-code.js';
import { writeReportFiles } from '../../publish/files.js';
import { FORMATS, type FormatSettings } from '../../publish/formats.js';
import { publishToGitHub } from '../../publish/github-sinks.js';
import { filesOf } from '../../publish/publish.js';
import { clip } from '../../report/clip.js';
import type { Report } from '../../report/report.js';
import { summarizeInOneLine } from '../../report/summary-line.js';
import { renderTerminal } from '../../report/terminal.js';
import type { Host, Publisher } from '../host.js';
import { publishSettings } from '../publish-settings.js';
import type { CommandLine } from './command-line.js';
import { columnsOf, hasColours, type Stream } from './console.js';
import { inTerminalWords } from './words.js';

/** Where the result goes. */
export interface Place {
  readonly commandLine: CommandLine;
  readonly host: () => Host;
  readonly result: Stream;
}

/**
 * Makes what writes a report as the command line asks for it: the result to standard output or to a file,
 * the report's files where a folder is named, and what goes to GitHub where that was asked for.
 */
export function createDelivery({ commandLine, host, result }: Place): Publisher {
  return async (report, inputs, parsed) => {
    const { environment, logger, getInput, connect } = host();
    // npm runs it through a link.
    const bundle = await realpath(process.argv[1] ?? '');
    const settings = { ...publishSettings(inputs, parsed, report, bundle), environment };
    const exitCode = exitCodeOf(report, inputs.failOn);
    const problems: string[] = [];
    const text = textOf(report, settings, commandLine, result, environment);
    const { output, format } = commandLine;
    if (output === null || output === '-') result.write(text);
    else problems.push(...(await written(output, text)));
    if (getInput(INPUTS.reportDir.name) !== '') {
      const files = await writeReportFiles(
        settings.reportDir,
        filesOf(report, settings),
        environment,
      );
      problems.push(
        ...files.flatMap((file) =>
          'problem' in file
            ? [`The report files: not delivered. ${inTerminalWords(file.problem)}.`]
            : [],
        ),
      );
    }
    await publishToGitHub(ofReport(report), settings, settings, {
      ...{ parsed, connect, logger },
      warn: (message) => problems.push(message),
    });
    if (output !== null || format !== 'terminal') logger.info(summarizeInOneLine(report));
    for (const problem of new Set(problems)) logger.info(problem);
    // Nobody got what was asked for: not what a pass looks like.
    return problems.length > 0 && exitCode === EXIT.pass ? EXIT.incomplete : exitCode;
  };
}

function textOf(
  report: Report,
  settings: FormatSettings,
  { format, output }: CommandLine,
  result: Stream,
  environment: Host['environment'],
): string {
  if (format !== 'terminal') {
    const text = FORMATS[format].render(report, settings);
    return typeof text === 'string' ? text : [...text].join('');
  }
  // Escape sequences are for a terminal, and not for a file.
  const isColoured = output === null && hasColours(result, environment);
  return renderTerminal(report, { ...settings, columns: columnsOf(result), isColoured });
}

async function written(path: string, text: string): Promise<string[]> {
  try {
    await writeFile(path, text);
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return [
      `The result: not delivered. ${clip(path, 300)} cannot be written (${clip(why, 500)}). Name another file with --output.`,
    ];
  }
}
