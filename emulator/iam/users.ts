import { addCaller } from '../account.js';
import type { AccountState, CallerState } from '../model.js';
import { element } from '../query/xml.js';
import {
  type IamActions,
  type IamCall,
  on,
  pathOf,
  pathPrefixOf,
  required,
  requiredName,
} from './call.js';
import { iamPrefix, newUser, userNamed } from './entities.js';
import { deleteConflict, noSuchEntity, quotaExceeded } from './errors.js';
import { page } from './page.js';
import { date, userXml } from './wire-shapes.js';

/** IAM user guide, "IAM and AWS STS quotas". */
const KEYS_PER_USER = 2;

function createUser(call: IamCall): string {
  const user = newUser(call, requiredName(call, 'UserName', 64), pathOf(call));
  return `<User>${userXml(user)}</User>`;
}

function getUser(call: IamCall): string {
  return `<User>${userXml(userNamed(call.account, required(call, 'UserName')))}</User>`;
}

/** By name; no page of AWS's tells the order. Without boundary and tags (IAM API Reference, ListUsers). */
function listUsers(call: IamCall): string {
  const prefix = pathPrefixOf(call);
  const users = [...call.account.iam.users.values()]
    .filter(({ path }) => path.startsWith(prefix))
    .sort((one, other) => (one.userName < other.userName ? -1 : 1));
  return page(call, 'Users', users, userXml);
}

/** Texts: reports of clients, each of DeleteUser. */
function deleteUser(call: IamCall): undefined {
  const user = userNamed(call.account, required(call, 'UserName'));
  if ([...call.account.iam.groups.values()].some(({ users }) => users.has(user.userName)))
    throw deleteConflict('Cannot delete entity, must remove users from group first.');
  if (keysOf(call.account, user.userName).length > 0)
    throw deleteConflict('Cannot delete entity, must delete access keys first.');
  if (user.attachedPolicies.size > 0)
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (user.inlinePolicies.size > 0)
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  call.account.iam.users.delete(user.userName);
}

/** The keys sign at once, everywhere; AWS needs seconds. */
function createAccessKey(call: IamCall): string {
  const user = userNamed(call.account, required(call, 'UserName'));
  if (keysOf(call.account, user.userName).length >= KEYS_PER_USER)
    throw quotaExceeded('AccessKeysPerUser', KEYS_PER_USER);
  const key = addCaller(call.account, {
    name: user.userName,
    accessKeyId: `AKIA${call.ids.nextUpper(16)}`,
    secretAccessKey: call.ids.next(40),
    arn: user.arn,
    userId: user.userId,
    identity: { kind: 'user', userName: user.userName },
  });
  return (
    `<AccessKey>${element('UserName', user.userName)}${element('AccessKeyId', key.accessKeyId)}` +
    `${element('Status', 'Active')}${element('SecretAccessKey', key.secretAccessKey)}` +
    `${date('CreateDate', call.nowMs)}</AccessKey>`
  );
}

function listAccessKeys(call: IamCall): string {
  const user = userNamed(call.account, required(call, 'UserName'));
  return page(
    call,
    'AccessKeyMetadata',
    keysOf(call.account, user.userName),
    ({ accessKeyId }) =>
      element('UserName', user.userName) +
      element('AccessKeyId', accessKeyId) +
      element('Status', 'Active'),
  );
}

function deleteAccessKey(call: IamCall): undefined {
  const { userName } = userNamed(call.account, required(call, 'UserName'));
  const id = required(call, 'AccessKeyId');
  if (!keysOf(call.account, userName).some(({ accessKeyId }) => accessKeyId === id))
    throw noSuchEntity(`The Access Key with id ${id} cannot be found.`);
  call.account.callers.delete(id);
}

function keysOf(account: AccountState, userName: string): CallerState[] {
  return [...account.callers.values()].filter(
    ({ identity }) => identity?.kind === 'user' && identity.userName === userName,
  );
}

export const userActions: IamActions = {
  CreateUser: on('user', 'UserName', createUser),
  ListUsers: { run: listUsers, resource: (_, account) => `${iamPrefix(account)}user/` },
  GetUser: on('user', 'UserName', getUser),
  DeleteUser: on('user', 'UserName', deleteUser),
  CreateAccessKey: on('user', 'UserName', createAccessKey),
  ListAccessKeys: on('user', 'UserName', listAccessKeys),
  DeleteAccessKey: on('user', 'UserName', deleteAccessKey),
};
