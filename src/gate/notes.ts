import { isDecidedByIam } from '../access/assess.js';
import { isRequiredType } from '../config/requirement.js';
import type { JoinedMethod } from '../evidence/join.js';
import { type Evidence, nameOf } from '../model/evidence.js';
import type { Access } from '../report/report.js';
import { nounOf } from '../report/wording.js';
import type { Identity } from './collect.js';

/*
 * What a reader must know besides the findings, as sentences of the report.
 */

/** What is missing of the APIs themselves. */
export function notesOnApis({ apis }: Evidence): string[] {
  return apis.flatMap((api) => {
    const name = `${nameOf(api)} (${api.id})`;
    const hasNoStage = api.stages.readable && api.stages.value.length === 0;
    const hasNoMethod = api.configured.readable && api.configured.value.size === 0;
    return [
      ...(hasNoStage
        ? [`${name} has no stage to audit: it was judged on what is configured alone.`]
        : []),
      ...(hasNoMethod ? [`${name} has no ${nounOf([api]).many} configured.`] : []),
    ];
  });
}

/** The audit does without the account; what is kept from run to run does not. */
export function notesOnIdentity({ account }: Identity): string[] {
  if (account.readable) return [];
  return [
    `Which account was audited is not known: ${account.call} ${account.reason}. ${account.remedy} Until then the drift issue, the comment and the analysis are those of the APIs that were found, and not the account's.`,
  ];
}

/** What the policy file allows is no finding, and no secret. */
export function notesOnAllowedTypes(rows: readonly JoinedMethod[]): string[] {
  const methods = new Map<string, number>();
  for (const { deployed, allowedTypes } of rows) {
    if (deployed === null || isRequiredType(deployed) || !allowedTypes.includes(deployed)) continue;
    methods.set(deployed, (methods.get(deployed) ?? 0) + 1);
  }
  const { many } = nounOf(rows.map(({ api }) => api));
  return [...methods].map(
    ([type, count]) =>
      `The policy file allows ${type}, with which ${count} of the ${many} are served.`,
  );
}

/** What a reader must know of the group and the policy to read the rest. */
export function notesOnAccess(
  { group, invokePolicy }: Access,
  invoked: readonly JoinedMethod[],
): string[] {
  const notes: string[] = [];
  if (group?.users === 0) {
    notes.push(`Group ${group.name} has no users: what it may invoke lets nobody in.`);
  }
  if (invokePolicy?.exact === false) {
    notes.push(
      'The output invoke-policy allows more than the audited methods: naming each would be larger than IAM takes (6,144 characters). Audit fewer stages a step for an exact one.',
    );
  }
  if (invokePolicy === null && invoked.some((row) => row.stage !== null && isDecidedByIam(row))) {
    notes.push(
      'There is no invoke-policy: not even one ARN an API fits into the 6,144 characters that IAM takes. Audit fewer APIs a step.',
    );
  }
  return notes;
}
