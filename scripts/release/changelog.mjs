/**
 * The notes of a version: its section of the changelog, without the heading.
 *
 * @param {string} changelog
 * @param {string} version
 * @returns {string | null} `null` where it has no such section, or an empty one
 */
export function notesOf(changelog, version) {
  const sections = changelog.split(/^## /m).slice(1);
  const section = sections.find(
    (it) => it.startsWith(`${version} - `) || it.startsWith(`[${version}] - `),
  );
  const notes = section?.slice(section.indexOf('\n') + 1).trim() ?? '';
  return notes === '' ? null : `${notes}\n`;
}
