/* Made from action.yml by: npm run docs. */

/** What each input means that is an option of the command line, by its name. */
export const DESCRIPTIONS: Readonly<Record<string, string>> = {
  'api-id':
    'API ids, separated by commas or lines. Or what stands for APIs: `name:orders`, `tag:team=payments`, `stack:my-stack`, `stack:my-stack/OrdersApi`. `*` means every API of the region. Required, unless `templates`, `plan-file` or `plan` is given.',
  'api-types':
    'Kinds of API that are audited, separated by commas or lines: `REST`, `HTTP`, `WEBSOCKET`. Default: `REST,HTTP,WEBSOCKET`.',
  stage: 'Stage names, separated by commas or lines. Without it, every stage.',
  region:
    'The AWS region of the APIs. Without it, `AWS_REGION`, then `AWS_DEFAULT_REGION`. Not needed where only files are judged.',
  templates:
    "Globs of the files that declare APIs, separated by commas or lines: OpenAPI, CloudFormation, SAM, `cdk.out` folders, the Serverless Framework's compiled templates, `.tf` files. `!` takes files away. Without `api-id`, no credentials and no network are needed.",
  'plan-file':
    'A Terraform or OpenTofu plan as JSON, the output of `terraform show -json`. Needs no credentials either.',
  parameters:
    'Files of CloudFormation parameters, separated by commas or lines, with whose values the templates are judged.',
  'quota-share':
    "Percent of each of API Gateway's control-plane quotas that the gate takes at most, from 10 to 100; the rest is left to others in the account. Default: `80`.",
  'aws-timeout':
    'Seconds that AWS may go without answering a call, because it throttles, fails or is silent, before the call is given up. Default: `90`.',
  'policy-file':
    'Path of the policy file: requirements, exceptions, sample requests and values for inputs. Or `owner/repo/path@ref` for one that is kept centrally, read with `github-token`. Default: `.github/apigw-iam-gate.yml`, where it exists.',
  baseline:
    'Path of an earlier `report.json`. Findings that it holds become notices; only new ones fail.',
  'replace-authorizers':
    '`true` lets enforce also replace `CUSTOM`, `COGNITO_USER_POOLS` and `JWT` by `AWS_IAM`. Otherwise it changes `NONE` only.',
  'allow-pending-changes':
    '`true` lets enforce deploy although the deployment also ships changes of the API that were not deployed yet, or although nobody can tell. Otherwise it changes nothing and lists them.',
  'allow-live-changes':
    '`true` lets enforce also change routes of HTTP and WebSocket APIs whose stages deploy by themselves (AutoDeploy). Each change is live at once, so that they are made and proven one after the other, and a change that fails is rolled back by itself. Otherwise such an API is left as it is.',
  'smoke-test':
    '`true` asks the endpoint itself: unsigned and tampered requests must be refused, and a signed one let in. Default: `true`.',
  'smoke-methods':
    'HTTP methods that the smoke test may send at all, separated by commas or lines. `CONNECT` stands for a signed handshake with a WebSocket API, which runs its `$connect` integration. Default: `GET,HEAD`.',
  'smoke-timeout':
    'Seconds that the smoke test may take, at most 900; what was not asked by then is incomplete. `0` waits for no change. Default: `90`.',
  'endpoint-url':
    "Base URL that the smoke test sends to, for example a custom domain. May hold `{api-id}`, `{stage}` and `{region}`. Without it, the stage's invoke URL.",
  'websocket-signature':
    'Where a signed handshake with a WebSocket API has its signature. `headers`, or `query` as browsers have it, which can set no header.',
  'invoke-role-arn':
    "ARN of the IAM role that is assumed for the signed requests. Without it, the step's own credentials sign.",
  'invoke-group':
    "Name of the IAM group that must be able to invoke. Its policies are read and judged together with the API's resource policy.",
  grant:
    '`true` with `mode: enforce` creates or updates the least policy that lets `invoke-group` invoke, and attaches it; with `mode: plan` it is shown.',
  'fail-on':
    '`error` fails the step on findings of severity error, `warning` on warnings too, `never` on neither. Changes the exit code and nothing else. What could not be read or proven still exits 2. Default: `error`.',
  'report-dir':
    'Folder that the report files are written to. Without it, `$RUNNER_TEMP/apigw-iam-gate`; for a further gate of the job, `…-2` and so on.',
  'github-token':
    'Token for what the action writes to GitHub, and for a policy file of another repository.',
  comment:
    'Pull request comment: `never`; `on-failure`, and updated once fixed; `always`. Needs `pull-requests: write`. Default: `never`.',
  'check-run': 'Name of an additional check run, with annotations. Needs `checks: write`.',
  'drift-issue':
    '`true` keeps one rolling issue of what scheduled audits find; a complete clean audit closes it. Needs `issues: write`. Default: `false`.',
  'upload-sarif':
    '`true` sends the findings to code scanning. Needs `security-events: write`. Default: `false`.',
};
