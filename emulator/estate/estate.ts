import { createAccount } from '../account.js';
import { apiIdOf } from '../data-plane/address.js';
import { placeOfId } from '../fleet/api.js';
import { ApisOnRequest } from '../fleet/apis-on-request.js';
import type { FleetTarget, FleetWorld } from '../fleet/world.js';
import type { WireRequest } from '../http.js';
import { Ids } from '../ids.js';
import type { AccountState, RoleState } from '../model.js';
import { Quotas } from '../quotas.js';
import { apiFrom } from '../seed-api.js';
import type { SeedApi } from '../seed-schema.js';
import { scopeOf } from '../sigv4/scope.js';
import { v2ApiFrom } from '../v2/seed-api.js';
import type { SeedV2Api } from '../v2/seed-schema.js';
import type { MemberState, OrganizationState } from './model.js';
import { isUsable } from './regions.js';

/** Whom a request is for: one account in one region, and the quotas that are kept for it. */
export interface Place {
  readonly account: AccountState;
  /** Undefined where quotas are switched off. */
  readonly quotas: Quotas | undefined;
}

/** What an estate is made of besides its organization. */
export interface EstateOptions {
  readonly nowMs: number;
  readonly keepsQuotas: boolean;
  /** Seeded APIs by account and region. */
  readonly apis: ReadonlyMap<string, ReadonlyMap<string, readonly SeedApi[]>>;
  readonly v2Apis: ReadonlyMap<string, ReadonlyMap<string, readonly SeedV2Api[]>>;
  /** The fleet whose APIs are made on request. */
  readonly world: FleetWorld | undefined;
}

/**
 * All accounts of an organization in all of their regions, behind one address. Who calls follows from
 * the access key, the region from the credential scope; what nobody asks for is never made.
 */
export class Estate {
  readonly organization: OrganizationState;
  readonly #base: AccountState;
  readonly #options: EstateOptions;
  readonly #states = new Map<string, AccountState>();
  readonly #quotas = new Map<AccountState, Quotas>();
  readonly #owners = new Map<string, readonly [accountId: string, region: string]>();
  readonly #targets: ReadonlyMap<string, FleetTarget>;

  /** @param base the management account in the region of the seed; its keys are those of the estate */
  constructor(base: AccountState, organization: OrganizationState, options: EstateOptions) {
    this.#base = base;
    this.organization = organization;
    this.#options = options;
    this.#states.set(keyOf(base.accountId, base.region), base);
    for (const [accountId, regions] of [...options.apis, ...options.v2Apis])
      for (const [region, apis] of regions)
        for (const { id } of apis) this.#owners.set(id, [accountId, region]);
    this.#targets = new Map(
      options.world?.targets.map((target) => [keyOf(target.account.id, target.region), target]),
    );
  }

  /** An account of the organization. */
  member(accountId: string): MemberState | undefined {
    return this.organization.members.get(accountId);
  }

  /** A role of any account. */
  role(arn: string): RoleState | undefined {
    return this.member(arn.split(':')[4] ?? '')?.roles.get(arn);
  }

  /** One account in one region; an account that is not of the organization is an empty one. */
  state(accountId: string, region: string): AccountState {
    const key = keyOf(accountId, region);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const made = this.#make(accountId, region);
    this.#states.set(key, made);
    return made;
  }

  /** Everything that has been asked for so far. */
  get states(): Iterable<AccountState> {
    return this.#states.values();
  }

  /** The quotas of a place; undefined where they are switched off. */
  quotas(account: AccountState): Quotas | undefined {
    if (!this.#options.keepsQuotas) return undefined;
    const known = this.#quotas.get(account);
    if (known !== undefined) return known;
    const isBusy = this.#targets.get(keyOf(account.accountId, account.region))?.isBusy;
    const made = new Quotas(isBusy === true ? 0.5 : 0);
    this.#quotas.set(account, made);
    return made;
  }

  /** What was refused for a quota, with account and region. */
  get quotaViolations(): string[] {
    return [...this.#quotas].flatMap(([{ accountId, region }, { violations }]) =>
      violations.map((violation) => `${violation} in ${accountId} ${region}`),
    );
  }

  /**
   * The place of a signed request. In a region that the account has disabled, and in an account that
   * is suspended, nobody's keys are known: API Gateway then answers UnrecognizedClientException,
   * STS InvalidClientTokenId (aws-samples/aws-control-tower-config-customization issue 27,
   * aws/aws-sdk-ruby issue 2850).
   *
   * @param isGlobal of a service that has one endpoint for all regions
   */
  placeOf(request: WireRequest, isGlobal: boolean): Place {
    const scope = scopeOf(request);
    const caller = this.#base.callers.get(scope?.accessKeyId ?? '');
    if (scope === undefined) return this.#placed(this.#base);
    const accountId = caller?.accountId ?? this.#base.accountId;
    const account = this.state(accountId, scope.region);
    const member = this.member(accountId);
    const isOpen =
      member === undefined ||
      (isLive(member) && (isGlobal || isUsable(member.regions.get(scope.region))));
    return isOpen ? this.#placed(account) : { account: closed(account), quotas: undefined };
  }

  /** The place of the API that a request is for. */
  placeOfApi(request: WireRequest): Place {
    const id = apiIdOf(request) ?? '';
    const [accountId, region] = this.#owners.get(id) ?? this.#ownerInFleet(id) ?? [];
    return this.#placed(
      accountId === undefined || region === undefined ? this.#base : this.state(accountId, region),
    );
  }

  /** How many requests of somebody else were refused in each account and region that has such a one. */
  get othersRefused(): number {
    return [...this.#quotas.values()].reduce((sum, { othersRefused }) => sum + othersRefused, 0);
  }

  #ownerInFleet(id: string): readonly [accountId: string, region: string] | undefined {
    const target = this.#options.world?.targets[placeOfId(id)?.target ?? -1];
    return target && [target.account.id, target.region];
  }

  #placed(account: AccountState): Place {
    return { account, quotas: this.quotas(account) };
  }

  #make(accountId: string, region: string): AccountState {
    const base = this.#base;
    const { nowMs, apis, v2Apis } = this.#options;
    const account = createAccount({
      accountId,
      region,
      propagationDelayMs: base.propagationDelayMs,
      exportUnderCanary: base.exportUnderCanary,
    });
    // Keys are looked up before anybody knows whose they are.
    account.callers = base.callers;
    account.roles = this.member(accountId)?.roles ?? new Map();
    if (accountId === base.accountId) account.iam = base.iam;
    const target = this.#targets.get(keyOf(accountId, region));
    const { world } = this.#options;
    if (world !== undefined && target !== undefined)
      account.apis = new ApisOnRequest({ fleet: world.fleet, target, nowMs });
    const ids = new Ids(Number(accountId.slice(-9)) ^ hashOf(region));
    for (const api of apis.get(accountId)?.get(region) ?? [])
      account.apis.set(api.id, apiFrom(api, account, { ids, nowMs }));
    Object.assign(account.v2.switches, base.v2.switches);
    for (const api of v2Apis.get(accountId)?.get(region) ?? [])
      account.v2.apis.set(api.id, v2ApiFrom(api, account.v2.switches, { ids, nowMs }));
    return account;
  }
}

function keyOf(accountId: string, region: string): string {
  return `${accountId} ${region}`;
}

/** Whether anything of an account answers (Organizations User Guide, "Monitor the state of your AWS accounts"). */
export function isLive({ state }: MemberState): boolean {
  return state !== 'SUSPENDED' && state !== 'CLOSED';
}

function closed(account: AccountState): AccountState {
  return { ...account, callers: new Map() };
}

function hashOf(text: string): number {
  return [...text].reduce((sum, letter) => (Math.imul(sum, 31) + letter.charCodeAt(0)) | 0, 7);
}
