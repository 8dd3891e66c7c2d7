import type { FileReading } from '../../config/load.js';
import { MAX_FILE_BYTES } from '../../files/local-file.js';
import type { RemoteFile } from '../../model/finding.js';
import { failed, ok } from '../../model/result.js';
import type { GitHub } from './client.js';
import { isGitHubError, type Need, reasonOf } from './failure.js';

const NEED: Need = {
  what: 'The file',
  permission: 'contents: read',
  absent: 'there is no such repository, branch or path',
};

/**
 * Reads a text file of a repository at a branch, tag or commit. The token of a workflow can read its
 * own repository and public ones; another private one needs a token that was given for it.
 */
export async function readRemoteFile(
  github: GitHub,
  file: RemoteFile,
  token: string,
): Promise<FileReading> {
  try {
    // "raw" gives the file itself, and files of more than 1 MB at all.
    const { data } = await github.rest.repos.getContent({ ...file, mediaType: { format: 'raw' } });
    const text: unknown = data;
    if (typeof text !== 'string') return failed('is a folder, not a file');
    return Buffer.byteLength(text) > MAX_FILE_BYTES ? failed('is too large') : ok(text);
  } catch (error) {
    if (isGitHubError(error) && error.status === 404) return ok(null);
    return failed(`cannot be read. ${reasonOf(error, NEED, null, token)}`);
  }
}
