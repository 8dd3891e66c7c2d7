import { type InputSource, NO_PRESET, type Preset, readTable } from './read-table.js';

export type { InputSource, Preset } from './read-table.js';

import { problemsOfShard } from './shard.js';
import { INPUTS, type Inputs } from './table.js';

/**
 * Reads and checks every input: the workflow's value, else the configuration file's, else the default.
 *
 * @throws ConfigurationError with every problem at once; AWS has not been called by then.
 */
export function readInputs(source: InputSource, preset: Preset = NO_PRESET): Inputs {
  const isGiven = (name: string): boolean => source.getInput(name).trim() !== '';
  return readTable(INPUTS, source, preset, (inputs) => [
    ...problemsTogether(inputs),
    ...(inputs.plan === null && inputs.shard === null
      ? problemsOfWhatIsJudged(inputs)
      : problemsOfShard(inputs, isGiven)),
  ]);
}

/** What single inputs cannot say: which of them do not go together. */
function problemsTogether({
  apiIds,
  stages,
  endpointUrl,
  grant,
  invokeGroup,
  mode,
}: Inputs): string[] {
  const problems: string[] = [];
  const isOneUrl = (placeholder: string): boolean =>
    endpointUrl !== null && !endpointUrl.includes(placeholder);
  if ((apiIds === '*' || apiIds.length > 1) && isOneUrl('{api-id}')) {
    problems.push(
      'endpoint-url: one URL for several APIs would probe the same API again and again; put {api-id} into it, or audit one API a step.',
    );
  }
  // How many stages `*` is, the gate knows once they have been read.
  if (stages !== '*' && stages.length > 1 && isOneUrl('{stage}')) {
    problems.push(
      'endpoint-url: one URL for several stages would probe the same stage again and again; put {stage} into it, or name one stage.',
    );
  }
  if (grant && invokeGroup === null) {
    problems.push('grant: names nobody to grant to. Set invoke-group to the name of an IAM group.');
  }
  if (grant && mode === 'audit') {
    problems.push(
      'grant: an audit changes nothing. Set mode: enforce to make the grant, or mode: plan to see it.',
    );
  }
  return problems;
}

/** Whether files of the repository are judged. */
export function judgesFiles({
  templates,
  planFile,
}: Pick<Inputs, 'templates' | 'planFile'>): boolean {
  return templates.length > 0 || planFile !== null;
}

/** Whether APIs in AWS are judged; without, nothing needs credentials, a region or the network. */
export function judgesApis({ apiIds }: Pick<Inputs, 'apiIds'>): boolean {
  return apiIds === '*' || apiIds.length > 0;
}

/** What an API in AWS and files need, and what only makes sense with one of them. */
function problemsOfWhatIsJudged(inputs: Inputs): string[] {
  const { region, templates, parameters } = inputs;
  const problems: string[] = [];
  if (parameters.length > 0 && templates.length === 0) {
    problems.push(
      'parameters: gives values to templates, and templates names none. Set templates, or leave parameters out.',
    );
  }
  if (judgesApis(inputs)) {
    if (region === '') {
      problems.push(
        'region: is not known. Set the input, or AWS_REGION (aws-actions/configure-aws-credentials sets it).',
      );
    }
    return problems;
  }
  if (!judgesFiles(inputs)) {
    problems.push(
      'api-id: is required. Give one API id or several, such as a1b2c3d4e5, or * for every API of the region. To judge the files of a pull request alone, set templates or plan-file.',
    );
    return problems;
  }
  return [...problems, ...problemsWithoutApi(inputs)];
}

/** Inputs that are about an API in AWS: ignored, they would leave a check that somebody relies on undone. */
function problemsWithoutApi({
  mode,
  stages,
  endpointUrl,
  invokeGroup,
  invokeRoleArn,
  grant,
}: Inputs): string[] {
  const problems: string[] = [];
  if (mode !== 'audit') {
    problems.push(
      `mode: ${mode} changes an API in AWS, and api-id names none. Files are only judged: set api-id too, or leave mode out.`,
    );
  }
  const about: readonly (readonly [name: string, isGiven: boolean])[] = [
    ['stage', stages !== '*'],
    ['endpoint-url', endpointUrl !== null],
    ['invoke-group', invokeGroup !== null],
    ['invoke-role-arn', invokeRoleArn !== null],
    ['grant', grant],
  ];
  const given = about.filter(([, isGiven]) => isGiven).map(([name]) => name);
  for (const name of given) {
    problems.push(
      `${name}: is about an API in AWS, and api-id names none. Set api-id too, or leave ${name} out.`,
    );
  }
  return problems;
}
