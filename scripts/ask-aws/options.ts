import { parseArgs } from 'node:util';

export const USAGE = `Usage: npm run ask-aws -- [options]

  --list               print the questions and end
  --only ID,ID         ask these alone
  --out FOLDER         where recordings and decisions.md go (default: recordings)
  --region REGION      default: that of the environment or the profile
  --endpoint-url URL   base URL of the endpoints; may hold {api-id}, {stage} and {region}
                       (default: the addresses of API Gateway)
  --patience SECONDS   how long a change may take to reach an endpoint (default: 120)
  --pause MS           between two looks at an endpoint (default: 2000)
  --clean              delete what a run left that was killed, and end
  --yes                do not ask before anything is created`;

/** Something about the arguments that the person at the keyboard can put right. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What the command line asks for. */
export interface Options {
  readonly mode: 'ask' | 'list' | 'clean' | 'help';
  /** Ids of questions; `undefined` for all. */
  readonly only: readonly string[] | undefined;
  readonly out: string;
  readonly region: string | undefined;
  readonly endpointUrl: string | undefined;
  readonly patienceMs: number;
  readonly pauseMs: number;
  readonly yes: boolean;
}

/**
 * Reads the command line.
 *
 * @throws UsageError with every problem and the usage.
 */
export function optionsOf(argv: readonly string[], known: readonly string[]): Options {
  const values = parsed(argv);
  const only = values.only?.split(',').map((id) => id.trim());
  const problems = [
    ...(only ?? [])
      .filter((id) => !known.includes(id))
      .map((id) => `--only: there is no question "${id}"; --list prints them`),
    ...numberProblems('--patience', values.patience),
    ...numberProblems('--pause', values.pause),
    ...endpointProblems(values['endpoint-url']),
    ...(values.list && values.clean ? ['--list and --clean do not go together'] : []),
  ];
  if (problems.length > 0) throw new UsageError(`${problems.join('\n')}\n\n${USAGE}`);
  return {
    mode: values.help ? 'help' : values.list ? 'list' : values.clean ? 'clean' : 'ask',
    only,
    out: values.out,
    region: values.region,
    endpointUrl: values['endpoint-url'],
    patienceMs: Number(values.patience) * 1000,
    pauseMs: Number(values.pause),
    yes: values.yes,
  };
}

function parsed(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: 'boolean', short: 'h', default: false },
        list: { type: 'boolean', default: false },
        only: { type: 'string' },
        out: { type: 'string', default: 'recordings' },
        region: { type: 'string' },
        'endpoint-url': { type: 'string' },
        patience: { type: 'string', default: '120' },
        pause: { type: 'string', default: '2000' },
        clean: { type: 'boolean', default: false },
        yes: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function numberProblems(name: string, value: string): string[] {
  return /^\d+(?:\.\d+)?$/.test(value)
    ? []
    : [`${name} must be a number that is not negative, not "${value}"`];
}

function endpointProblems(url: string | undefined): string[] {
  if (url === undefined) return [];
  const filled = url.replace(/\{[a-z-]+\}/g, 'x');
  if (!URL.canParse(filled) || !/^https?:/.test(filled))
    return [`--endpoint-url must be an http or https URL, not "${url}"`];
  return url.includes('{api-id}')
    ? []
    : ['--endpoint-url must hold {api-id}: each question has APIs of its own'];
}
