import {
  type IamActions,
  type IamCall,
  on,
  pathOf,
  pathPrefixOf,
  required,
  requiredName,
} from './call.js';
import { groupNamed, newGroup, userNamed } from './entities.js';
import { deleteConflict, quotaExceeded } from './errors.js';
import { page } from './page.js';
import { groupXml, userXml } from './wire-shapes.js';

/** IAM user guide, "IAM and AWS STS quotas". */
const GROUPS_PER_USER = 10;

function createGroup(call: IamCall): string {
  const group = newGroup(call, requiredName(call, 'GroupName'), pathOf(call));
  return `<Group>${groupXml(group)}</Group>`;
}

function getGroup(call: IamCall): string {
  const group = groupNamed(call.account, required(call, 'GroupName'));
  const users = [...group.users].sort().map((name) => userNamed(call.account, name));
  return `<Group>${groupXml(group)}</Group>${page(call, 'Users', users, userXml)}`;
}

function listGroups(call: IamCall): string {
  const prefix = pathPrefixOf(call);
  const groups = [...call.account.iam.groups.values()].filter(({ path }) =>
    path.startsWith(prefix),
  );
  return page(call, 'Groups', groups, groupXml);
}

function listGroupsForUser(call: IamCall): string {
  const { userName } = userNamed(call.account, required(call, 'UserName'));
  const groups = [...call.account.iam.groups.values()].filter(({ users }) => users.has(userName));
  return page(call, 'Groups', groups, groupXml);
}

/** Texts: reports of clients, each of DeleteGroup. */
function deleteGroup(call: IamCall): undefined {
  const group = groupNamed(call.account, required(call, 'GroupName'));
  if (group.users.size > 0)
    throw deleteConflict('Cannot delete entity, must remove users from group first.');
  if (group.attachedPolicies.size > 0)
    throw deleteConflict('Cannot delete entity, must detach all policies first.');
  if (group.inlinePolicies.size > 0)
    throw deleteConflict('Cannot delete entity, must delete policies first.');
  call.account.iam.groups.delete(group.groupName);
}

/** Adding a user twice is no error (localstack snapshot test_add_user_to_group_idempotent). */
function addUserToGroup(call: IamCall): undefined {
  const group = groupNamed(call.account, required(call, 'GroupName'));
  const { userName } = userNamed(call.account, required(call, 'UserName'));
  const groups = [...call.account.iam.groups.values()].filter(({ users }) => users.has(userName));
  if (!group.users.has(userName) && groups.length >= GROUPS_PER_USER)
    throw quotaExceeded('GroupsPerUser', GROUPS_PER_USER);
  group.users.add(userName);
}

/** The user is looked up before the group (localstack snapshot test_remove_user_from_unknown_group). */
function removeUserFromGroup(call: IamCall): undefined {
  const { userName } = userNamed(call.account, required(call, 'UserName'));
  groupNamed(call.account, required(call, 'GroupName')).users.delete(userName);
}

export const groupActions: IamActions = {
  CreateGroup: on('group', 'GroupName', createGroup),
  GetGroup: on('group', 'GroupName', getGroup),
  ListGroups: { run: listGroups, resource: () => 'group *' },
  ListGroupsForUser: on('user', 'UserName', listGroupsForUser),
  DeleteGroup: on('group', 'GroupName', deleteGroup),
  AddUserToGroup: on('group', 'GroupName', addUserToGroup),
  RemoveUserFromGroup: on('group', 'GroupName', removeUserFromGroup),
};
