/** What texts of the action say of a job on a runner, and what they say at a terminal in place of it. */
export const WORDS: readonly (readonly [ofAction: RegExp, ofTerminal: string])[] = [
  [/the step's own credentials/, 'your credentials'],
  [/whose credentials the step uses/, 'whose credentials you use'],
  [
    /from the root of the repository, and that actions\/checkout and whatever makes the file run before this step/,
    'from the folder that you are in',
  ],
  [
    / in the workspace\. Check the path, and that actions\/checkout runs before this step/,
    '. Check the path',
  ],
  [/out of the workspace/, 'out of the folder that you are in'],
  [/write the file into the workspace/, 'run the command in a folder above it'],
  [
    /Set the input, or AWS_REGION \(aws-actions\/configure-aws-credentials sets it\)/,
    'Give it, or set AWS_REGION, or the region of your profile',
  ],
  [
    /To judge the files of a pull request alone, set templates or plan-file/,
    'To judge files alone, use declared',
  ],
  [/audit one API a step/, 'audit one API at a time'],
  [/Set invoke-group to/, 'Set --invoke-group to'],
  [/Set api-id too/, 'Give --api-id too'],
  [/Write it before this step:/, 'Write it first:'],
  [/, or leave the step out/, ''],
  [
    /AWS_REGION, then AWS_DEFAULT_REGION\./,
    "AWS_REGION, then AWS_DEFAULT_REGION, then the profile's.",
  ],
  [
    / Required, unless templates, plan-file or plan is given\./,
    ' Required, unless templates or plan-file is given.',
  ],
  [
    /Without it, \$RUNNER_TEMP\/apigw-iam-gate; for a further gate of the job, …-2 and so on\./,
    'Without it, none is written.',
  ],
  [
    /Token for what the action writes to GitHub, and for a policy file of another repository\./,
    'Token for what is written to GitHub, and for a policy file of another repository. Without it, GITHUB_TOKEN.',
  ],
  [/with mode: enforce creates/, 'with enforce creates'],
  [/with mode: plan it is shown/, 'with plan it is shown'],
  [
    /Set mode: enforce to make the grant, or mode: plan to see it/,
    'Use enforce to make the grant, or plan to see it',
  ],
  [/(?:--)?mode: (\S+) changes/, '$1: changes'],
  [/set api-id too, or leave mode out/, 'give --api-id too, or use declared'],
  [/fails the step\b/, 'fails the command'],
  [/(Name (?:another one|the folder that it leads to)) in report-dir/, '$1 with --report-dir'],
];

/** A text of the action, as somebody at a terminal needs it. */
export function inTerminalWords(text: string): string {
  return WORDS.reduce((words, [ofAction, ofTerminal]) => words.replace(ofAction, ofTerminal), text);
}
