import type { ApiState } from '../model.js';
import { apiId, type FleetApiContext, fleetApi, placeOfId } from './api.js';

/**
 * The APIs of a target of a fleet: they seem to be there, and each is made when it is asked for. What is
 * read of one is not kept, so that none can be changed.
 */
export class ApisOnRequest extends Map<string, ApiState> {
  readonly #context: FleetApiContext;

  constructor(context: FleetApiContext) {
    super();
    this.#context = context;
  }

  override get size(): number {
    return this.#context.target.apis;
  }

  override has(id: string): boolean {
    const place = placeOfId(id);
    const { index, apis } = this.#context.target;
    return place !== undefined && place.target === index && place.number < apis;
  }

  override get(id: string): ApiState | undefined {
    const number = placeOfId(id)?.number;
    return this.has(id) && number !== undefined ? fleetApi(this.#context, number) : undefined;
  }

  override *keys(): MapIterator<string> {
    const { target } = this.#context;
    for (let number = 0; number < target.apis; number += 1) yield apiId(target, number);
  }

  override *values(): MapIterator<ApiState> {
    const { target } = this.#context;
    for (let number = 0; number < target.apis; number += 1) yield fleetApi(this.#context, number);
  }

  override *entries(): MapIterator<[string, ApiState]> {
    for (const api of this.values()) yield [api.id, api];
  }

  override [Symbol.iterator](): MapIterator<[string, ApiState]> {
    return this.entries();
  }

  override forEach(visit: (api: ApiState, id: string, all: Map<string, ApiState>) => void): void {
    for (const [id, api] of this) visit(api, id, this);
  }

  override set(): this {
    throw new Error('APIs that are made on request cannot be changed');
  }

  override delete(): boolean {
    throw new Error('APIs that are made on request cannot be changed');
  }

  override clear(): void {
    throw new Error('APIs that are made on request cannot be changed');
  }
}
