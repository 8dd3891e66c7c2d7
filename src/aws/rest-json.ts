import { AwsRestJsonProtocol } from '@aws-sdk/core/protocols';
import { JsonCodec2, JsonShapeDeserializer2 } from '@smithy/core/protocols';
import { NormalizedSchema, SCHEMA } from '@smithy/core/schema';
import type { Schema } from '@smithy/types';

/** As `AwsRestJsonProtocol` sets its own codec; it does not export them. */
const SETTINGS = {
  timestampFormat: { useTrait: true, default: SCHEMA.TIMESTAMP_EPOCH_SECONDS },
  httpBindings: true,
  jsonName: true,
} as const;

type ProtocolSettings = ConstructorParameters<typeof AwsRestJsonProtocol>[0];

/**
 * The SDK's protocol of API Gateway, whose answers are read with less work: the SDK asks the schema
 * again for each value, which for the resources of an API takes longer than all else that is done with
 * them. The values are the same.
 */
export class RestJsonProtocol extends AwsRestJsonProtocol {
  constructor(settings: ProtocolSettings) {
    super({ ...settings, jsonCodec: new Codec(SETTINGS) });
  }
}

class Codec extends JsonCodec2 {
  override createDeserializer(): ShapeReader {
    const reader = new ShapeReader(this.settings);
    if (this.serdeContext !== undefined) reader.setSerdeContext(this.serdeContext);
    return reader;
  }
}

type Read = (value: unknown) => unknown;

const asItIs: Read = (value) => value;

/** Reads JSON by shapes; how a shape is read is found out once, when the first value of it comes. */
export class ShapeReader extends JsonShapeDeserializer2 {
  readonly #readers = new Map<unknown, Read>();

  /** No shape of API Gateway has numbers that JSON cannot hold, which the SDK looks for in each schema. */
  override async read(schema: Schema, data: unknown): Promise<unknown> {
    if (!(data instanceof Uint8Array) || data.byteLength === 0) return super.read(schema, data);
    const text = Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('utf8');
    return this._read(schema, JSON.parse(text));
  }

  protected override _read(schema: Schema, value: unknown): unknown {
    return this.#readerOf(NormalizedSchema.of(schema))(value);
  }

  #readerOf(shape: NormalizedSchema): Read {
    // Only structures are kept: a text, a number or a time is read as its member's traits say.
    const key = shape.isStructSchema() ? shape.getSchema() : null;
    if (key === null) return this.#makeReader(shape);
    const known = this.#readers.get(key);
    if (known !== undefined) return known;
    const made = this.#makeReader(shape);
    this.#readers.set(key, made);
    return made;
  }

  #makeReader(shape: NormalizedSchema): Read {
    const bySdk: Read = (value) => super._read(shape, value);
    if (shape.isUnionSchema()) return bySdk;
    if (shape.isStructSchema()) return this.#structReader(shape, bySdk);
    if (shape.isListSchema()) return this.#listReader(shape, bySdk);
    if (shape.isMapSchema()) return this.#mapReader(shape, bySdk);
    if (shape.isBooleanSchema()) return asItIs;
    if (shape.isStringSchema() && shape.getMergedTraits().mediaType === undefined) return asItIs;
    // Texts among numbers are "NaN" and its like.
    if (shape.isNumericSchema()) return (value) => (isText(value) ? bySdk(value) : value);
    return bySdk;
  }

  /** The readers of members are made when values come, so that structures may contain themselves. */
  #structReader(shape: NormalizedSchema, bySdk: Read): Read {
    let members: Member[] | null = null;
    return (value) => {
      if (!isRecord(value) || isText(value.__type)) return bySdk(value);
      members ??= membersOf(shape);
      const struct: Record<string, unknown> = {};
      for (const member of members) {
        const found = value[member.key];
        if (found === undefined || found === null) continue;
        member.read ??= this.#readerOf(member.shape);
        struct[member.name] = member.read(found);
      }
      return struct;
    };
  }

  #listReader(shape: NormalizedSchema, bySdk: Read): Read {
    const read = this.#readerOf(shape.getValueSchema());
    return (value) => (Array.isArray(value) ? mapped(value, read) : bySdk(value));
  }

  #mapReader(shape: NormalizedSchema, bySdk: Read): Read {
    const read = this.#readerOf(shape.getValueSchema());
    return (value) => {
      // A key of this name is an entry as any other, and an assignment would make it something else.
      if (!isRecord(value) || Object.hasOwn(value, '__proto__')) return bySdk(value);
      if (read !== asItIs) for (const key of Object.keys(value)) value[key] = read(value[key]);
      return value;
    };
  }
}

/** A member of a structure: its name, its key in JSON, and how it is read, once one was. */
interface Member {
  readonly name: string;
  readonly key: string;
  readonly shape: NormalizedSchema;
  read?: Read;
}

function membersOf(shape: NormalizedSchema): Member[] {
  return [...shape.structIterator()].map(([name, member]) => ({
    name,
    key: String(member.getMergedTraits().jsonName ?? name),
    shape: member,
  }));
}

function mapped(values: unknown[], read: Read): unknown[] {
  return read === asItIs ? values : values.map(read);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
