import { addResource } from '../api-state.js';
import { type JsonObject, objectOf } from '../json.js';
import type { ApiState, ResourceState } from '../model.js';
import { requiredText } from './body.js';
import { type Answer, apiOf, type Call, type Handlers, pathValue, resourceOf } from './call.js';
import { badRequest, conflict, notFound } from './errors.js';
import { methodBody } from './method-body.js';
import { page } from './page.js';

/**
 * A resource on the wire. The root has neither parentId nor pathPart, and a resource without methods
 * has no `resourceMethods` (localstack snapshot test_resource_lifecycle, 2024-04-15). Without
 * `embed=methods` each method is an empty object (API Gateway API Reference: GetResources `embed`).
 */
export function resourceBody(resource: ResourceState, embedMethods: boolean): JsonObject {
  return {
    id: resource.id,
    parentId: resource.parentId,
    pathPart: resource.pathPart,
    path: resource.path,
    resourceMethods:
      resource.methods.size === 0
        ? undefined
        : objectOf(resource.methods, (method) => (embedMethods ? methodBody(method) : {})),
  };
}

function embedsMethods(call: Call): boolean {
  return call.query.getAll('embed').includes('methods');
}

/** The service promises no order; by id is one in which parents do not come before their children. */
function getResources(call: Call): Answer {
  const resources = [...apiOf(call).resources.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const embed = embedsMethods(call);
  return {
    status: 200,
    body: page(
      call,
      resources,
      (resource) => resource.id,
      (resource) => resourceBody(resource, embed),
    ),
  };
}

function getResource(call: Call): Answer {
  return { status: 200, body: resourceBody(resourceOf(call).resource, embedsMethods(call)) };
}

function createResource(call: Call): Answer {
  const api = apiOf(call);
  const parent = api.resources.get(pathValue(call, 'parent_id'));
  // localstack snapshot test_create_resource_parent_invalid, 2024-04-15.
  if (parent === undefined) throw notFound('Invalid Resource identifier specified');
  const pathPart = requiredText(call.body, 'pathPart');
  checkPathPart(pathPart);
  checkPlace(api, parent, pathPart);
  return {
    status: 201,
    body: resourceBody(addResource(api, parent, pathPart, call.ids), false),
  };
}

/** Text as CloudFormation reports it (public deployment logs); colons are allowed by the developer guide. */
export function checkPathPart(pathPart: string): void {
  if (!/^(?:[a-zA-Z0-9._:-]+|\{[a-zA-Z0-9._:-]+\+?\})$/.test(pathPart))
    throw badRequest(
      "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the beginning and the end.",
    );
}

/**
 * Whether a resource may stand there: localstack snapshots test_create_proxy_resource_validation and
 * test_update_resource_behaviour, 2024-04-15.
 *
 * @param moved the resource that is moved or renamed, which is no sibling of its own.
 */
export function checkPlace(
  api: ApiState,
  parent: ResourceState,
  pathPart: string,
  moved?: ResourceState,
): void {
  if (parent.pathPart?.endsWith('+}'))
    throw badRequest(
      `Cannot create a child of a resource with a greedy path variable: ${parent.pathPart}`,
    );
  for (const sibling of api.resources.values()) {
    if (sibling.parentId !== parent.id || sibling === moved) continue;
    if (sibling.pathPart === pathPart)
      throw conflict(`Another resource with the same parent already has this name: ${pathPart}`);
    if (pathPart.startsWith('{') && sibling.pathPart?.startsWith('{'))
      throw badRequest(
        `A sibling (${sibling.pathPart}) of this resource already has a variable path part -- only one is allowed`,
      );
  }
}

/** Children go with it (localstack snapshot test_delete_resource, 2024-04-15). */
function deleteResource(call: Call): Answer {
  const { api, resource } = resourceOf(call);
  // The text for the root is the emulator's own.
  if (resource.parentId === undefined) throw badRequest('The root resource cannot be deleted');
  for (const { id } of subtree(api, resource)) api.resources.delete(id);
  return { status: 202 };
}

/** A resource and everything below it, parents first. */
export function subtree(api: ApiState, top: ResourceState): ResourceState[] {
  const children = [...api.resources.values()].filter(({ parentId }) => parentId === top.id);
  return [top, ...children.flatMap((child) => subtree(api, child))];
}

export const resourceHandlers: Handlers = {
  GetResources: getResources,
  GetResource: getResource,
  CreateResource: createResource,
  DeleteResource: deleteResource,
};
