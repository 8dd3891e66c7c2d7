import type { ApiGateway, Stage } from '../../aws/api-gateway.js';
import { AwsFailure } from '../../aws/failure.js';
import {
  type CanaryEvidence,
  type DeployedMethod,
  type Methods,
  methodKey,
  type Reading,
  type StageEvidence,
  UNREADABLE,
} from '../../model/evidence.js';
import { reading, unreadable } from '../reading.js';

/** Reads snapshots, each distinct deployment once, however many stages and canaries serve it. */
export type SnapshotReader = (deploymentId: string) => Promise<Reading<Methods<DeployedMethod>>>;

/** A reader of one API's snapshots that remembers what it read. */
export function snapshotReader(
  apiGateway: Pick<ApiGateway, 'getDeployment'>,
  apiId: string,
): SnapshotReader {
  const readings = new Map<string, Promise<Reading<Methods<DeployedMethod>>>>();
  return (deploymentId) => {
    const known = readings.get(deploymentId);
    if (known !== undefined) return known;
    const fresh = reading('GetDeployment', () => readSnapshot(apiGateway, apiId, deploymentId));
    readings.set(deploymentId, fresh);
    return fresh;
  };
}

/**
 * Reads the methods that a deployment froze.
 *
 * @throws AwsFailure also where the answer has no summary: nothing can be said of such a snapshot.
 */
export async function readSnapshot(
  apiGateway: Pick<ApiGateway, 'getDeployment'>,
  apiId: string,
  deploymentId: string,
): Promise<Methods<DeployedMethod>> {
  const { apiSummary } = await apiGateway.getDeployment(apiId, deploymentId);
  if (apiSummary === undefined) {
    const why = `deployment ${deploymentId} was answered without its apiSummary`;
    throw new AwsFailure('GetDeployment', new Error(why), 1);
  }
  const methods = new Map<string, DeployedMethod>();
  for (const [path, snapshots] of Object.entries(apiSummary)) {
    for (const [method, snapshot] of Object.entries(snapshots)) {
      methods.set(methodKey(method, path), {
        path,
        method,
        authorizationType: snapshot.authorizationType ?? UNREADABLE,
        apiKeyRequired: snapshot.apiKeyRequired ?? false,
        // A summary says nothing of integrations.
        preflight: method === 'OPTIONS' ? 'unknown' : 'no',
        unread: null,
      });
    }
  }
  // CreateDeployment refuses an API without methods, so a snapshot without any is none that was read.
  if (methods.size === 0) {
    const why = `the apiSummary of deployment ${deploymentId} names no method`;
    throw new AwsFailure('GetDeployment', new Error(why), 1);
  }
  return methods;
}

/** Reads what a stage and its canary serve. */
export async function readStage(stage: Stage, read: SnapshotReader): Promise<StageEvidence> {
  const { deploymentId } = stage;
  const [deployed, canary] = await Promise.all([
    deploymentId === undefined
      ? unreadable(
          'GetStages',
          'returned a stage that names no deployment',
          'Deploy the API to the stage.',
        )
      : read(deploymentId),
    readCanary(stage, read),
  ]);
  return {
    name: stage.stageName ?? '',
    deploymentId: deploymentId ?? null,
    deployed,
    canary,
    lastUpdatedMs: stage.lastUpdatedDate?.getTime() ?? null,
    ...(stage.webAclArn === undefined || stage.webAclArn === '' ? {} : { hasWebAcl: true }),
    ...(stage.cacheClusterEnabled === true ? { caching: cachingOf(stage) } : {}),
  };
}

/**
 * Which methods' answers a stage keeps. A key is `pets/GET` where AWS was recorded (localstack snapshot
 * test_create_update_stages, 2024-03-05), and `~1pets/GET` as paths of patches have it; here it has no slash before it.
 */
function cachingOf({ methodSettings = {} }: Stage): Record<string, boolean> {
  const settings = Object.entries(methodSettings).map(([key, { cachingEnabled }]) => [
    key.replaceAll('~1', '/').replace(/^\/+/, ''),
    cachingEnabled ?? false,
  ]);
  return Object.fromEntries(settings);
}

/**
 * Whether a stage has a canary, which may take no traffic yet. Settings that name no deployment and take none
 * serve nothing.
 */
export function hasCanary({ canarySettings: settings }: Stage): boolean {
  if (settings === undefined) return false;
  return settings.deploymentId !== undefined || (settings.percentTraffic ?? 0) !== 0;
}

async function readCanary(stage: Stage, read: SnapshotReader): Promise<CanaryEvidence | null> {
  const settings = stage.canarySettings;
  if (settings === undefined || !hasCanary(stage)) return null;
  const percentTraffic = settings.percentTraffic ?? 0;
  if (settings.deploymentId !== undefined) {
    const { deploymentId } = settings;
    return { deploymentId, percentTraffic, deployed: await read(deploymentId) };
  }
  // Something is served that we cannot name.
  return {
    deploymentId: UNREADABLE,
    percentTraffic,
    deployed: unreadable(
      'GetStages',
      'returned a canary that takes traffic and names no deployment',
      'Promote or remove the canary.',
    ),
  };
}
