import { type IamActions, type IamCall, pathPrefixOf } from './call.js';
import { iamPrefix } from './entities.js';
import { page } from './page.js';
import { roleXml } from './wire-shapes.js';

/** By name; no page of AWS's tells the order. Without boundary, last use and tags (IAM API Reference, ListRoles). */
function listRoles(call: IamCall): string {
  const prefix = pathPrefixOf(call);
  const roles = [...call.account.roles.values()]
    .map((role) => ({ role, name: role.arn.slice(role.arn.indexOf(':role/') + ':role'.length) }))
    .filter(({ name }) => name.slice(0, name.lastIndexOf('/') + 1).startsWith(prefix))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  return page(call, 'Roles', roles, ({ role }) => roleXml(call.account, role));
}

export const roleActions: IamActions = {
  ListRoles: { run: listRoles, resource: (_, account) => `${iamPrefix(account)}role/` },
};
