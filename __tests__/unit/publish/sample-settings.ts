import type { PublishSettings } from '../../../src/publish/publish.js';
import { NO_LINKS } from '../../../src/report/document/links.js';
import type { SarifSettings } from '../../../src/report/sarif.js';
import { RULES } from '../../../src/rules/index.js';

/** SARIF settings as the action makes them; every part can be replaced. */
export function makeSarifSettings(parts: Partial<SarifSettings> = {}): SarifSettings {
  return {
    rules: RULES,
    fallback: { file: '.github/workflows/gate.yml', line: 1 },
    version: '1.2.3',
    documentation: 'https://github.com/o/r/blob/v1/docs/how-it-judges.md',
    category: 'apigw-iam-gate/0123456789abcdef',
    maxResults: 25_000,
    withSuppressed: true,
    ...parts,
  };
}

/** Settings that deliver nothing to GitHub. */
export function makePublishSettings(parts: Partial<PublishSettings> = {}): PublishSettings {
  return {
    ...makeSarifSettings(),
    reportDir: '/nowhere',
    environment: {},
    failOn: 'error',
    githubToken: '',
    comment: 'never',
    checkRun: null,
    driftIssue: false,
    uploadSarif: false,
    links: NO_LINKS,
    begunAtMs: Date.UTC(2026, 10, 26, 3),
    audited: { region: 'eu-west-1', apiIds: ['a1b2c3d4e5'], stages: '*', owner: '0a1b2c3d4e5f' },
    ...parts,
  };
}
