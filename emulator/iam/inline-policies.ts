import type { PolicyHolder } from '../model.js';
import { element } from '../query/xml.js';
import {
  type IamAction,
  type IamActions,
  type IamCall,
  on,
  required,
  requiredName,
} from './call.js';
import { groupNamed, userNamed } from './entities.js';
import { limitExceeded, noSuchEntity } from './errors.js';
import { page } from './page.js';
import { checkIdentityPolicy, countedSize, encodeDocument } from './policy-document.js';

/** What an inline policy is put into. */
interface Holder {
  readonly kind: 'group' | 'user';
  readonly parameter: 'GroupName' | 'UserName';
  /** Characters of all inline policies together (IAM user guide, "IAM and AWS STS quotas"). */
  readonly maxSize: number;
  readonly find: (call: IamCall) => PolicyHolder;
}

const GROUP: Holder = {
  kind: 'group',
  parameter: 'GroupName',
  maxSize: 5120,
  find: (call) => groupNamed(call.account, required(call, 'GroupName')),
};

const USER: Holder = {
  kind: 'user',
  parameter: 'UserName',
  maxSize: 2048,
  find: (call) => userNamed(call.account, required(call, 'UserName')),
};

/** Text of the limit: reports of clients. */
function putPolicy(call: IamCall, holder: Holder): undefined {
  const { inlinePolicies } = holder.find(call);
  const name = requiredName(call, 'PolicyName');
  const document = required(call, 'PolicyDocument');
  checkIdentityPolicy(document);
  const others = [...inlinePolicies].filter(([known]) => known !== name);
  const size = [...others.map(([, known]) => known), document]
    .map(countedSize)
    .reduce((sum, each) => sum + each, 0);
  if (size > holder.maxSize)
    throw limitExceeded(
      `Maximum policy size of ${holder.maxSize} bytes exceeded for ${holder.kind} ${call.form.get(holder.parameter)}`,
    );
  inlinePolicies.set(name, document);
}

function getPolicy(call: IamCall, holder: Holder): string {
  const { inlinePolicies } = holder.find(call);
  const name = required(call, 'PolicyName');
  const document = inlinePolicies.get(name);
  if (document === undefined) throw notThere(holder, name);
  return (
    element(holder.parameter, required(call, holder.parameter)) +
    element('PolicyName', name) +
    element('PolicyDocument', encodeDocument(document))
  );
}

function listPolicies(call: IamCall, holder: Holder): string {
  const names = [...holder.find(call).inlinePolicies.keys()].sort();
  // Names are checked when policies are put: none holds a character that XML would mind.
  return page(call, 'PolicyNames', names, (name) => name);
}

function deletePolicy(call: IamCall, holder: Holder): undefined {
  const { inlinePolicies } = holder.find(call);
  const name = required(call, 'PolicyName');
  if (!inlinePolicies.delete(name)) throw notThere(holder, name);
}

/** Text: localstack snapshot test_get_group_policy, 2026-02-12. */
function notThere(holder: Holder, name: string) {
  return noSuchEntity(`The ${holder.kind} policy with name ${name} cannot be found.`);
}

function forHolder(
  holder: Holder,
  run: (call: IamCall, holder: Holder) => string | undefined,
): IamAction {
  return on(holder.kind, holder.parameter, (call) => run(call, holder));
}

export const inlinePolicyActions: IamActions = {
  PutGroupPolicy: forHolder(GROUP, putPolicy),
  GetGroupPolicy: forHolder(GROUP, getPolicy),
  ListGroupPolicies: forHolder(GROUP, listPolicies),
  DeleteGroupPolicy: forHolder(GROUP, deletePolicy),
  PutUserPolicy: forHolder(USER, putPolicy),
  GetUserPolicy: forHolder(USER, getPolicy),
  ListUserPolicies: forHolder(USER, listPolicies),
  DeleteUserPolicy: forHolder(USER, deletePolicy),
};
