import { childPath } from '../api-state.js';
import type { ApiState, ResourceState } from '../model.js';
import { type Answer, type Call, type Handlers, resourceOf } from './call.js';
import { badRequest, notFound } from './errors.js';
import { type PatchOperation, patchOperations } from './patch.js';
import { checkPlace, resourceBody, subtree } from './resources.js';

/** Texts: localstack snapshots test_update_resource_behaviour, 2024-04-15, and test_update_resource_on_root, 2025-09-03. */
function updateResource(call: Call): Answer {
  const { api, resource } = resourceOf(call);
  for (const operation of patchOperations(call.body, 'updateResourceInput')) {
    apply(api, resource, operation);
  }
  return { status: 200, body: resourceBody(resource, false) };
}

function apply(api: ApiState, resource: ResourceState, operation: PatchOperation): void {
  const { op, path, value = '' } = operation;
  if (op !== 'replace')
    throw badRequest(
      `Invalid patch path  '${path}' specified for op '${op}'. Please choose supported operations`,
    );
  if (path !== '/parentId' && path !== '/pathPart')
    throw badRequest(
      `Invalid patch path  '${path}' specified for op 'replace'. Must be one of: [/parentId, /pathPart]`,
    );
  const current =
    resource.parentId === undefined ? undefined : api.resources.get(resource.parentId);
  if (current === undefined || resource.pathPart === undefined)
    throw badRequest(`Root resource cannot update its ${path.slice(1)}.`);
  const parent = path === '/parentId' ? api.resources.get(value) : current;
  if (parent === undefined) throw notFound('Invalid Resource identifier specified');
  if (subtree(api, resource).includes(parent)) throw badRequest('Resources cannot be cyclical.');
  const pathPart = path === '/pathPart' ? value : resource.pathPart;
  checkPlace(api, parent, pathPart, resource);
  resource.parentId = parent.id;
  resource.pathPart = pathPart;
  for (const moved of subtree(api, resource)) {
    const above = moved.parentId === undefined ? undefined : api.resources.get(moved.parentId);
    if (above !== undefined && moved.pathPart !== undefined)
      moved.path = childPath(above, moved.pathPart);
  }
}

export const resourcePatchHandlers: Handlers = { UpdateResource: updateResource };
