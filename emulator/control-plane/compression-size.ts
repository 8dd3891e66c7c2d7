import { badRequest } from './errors.js';

const MAX_COMPRESSION_SIZE = 10_485_760;

/** Text: localstack snapshot test_update_rest_api_compression, 2025-07-02. */
export function compressionSize(value: string): number {
  const size = Number(value);
  if (!Number.isInteger(size) || size < 0 || size > MAX_COMPRESSION_SIZE)
    throw badRequest(
      `Invalid minimum compression size, must be between 0 and ${MAX_COMPRESSION_SIZE}`,
    );
  return size;
}
