import { savedJournalPath } from '../runtime/state.js';

/*
 * The post step of the action. It is a file of its own, so that no lost state, no early kill and no
 * variable of the environment can make it do what the main step does: it undoes, or it does nothing.
 */

const journalPath = savedJournalPath();
if (journalPath !== '') {
  const { runAsPost } = await import('../runtime/post.js');
  process.exitCode = await runAsPost(journalPath);
  // What was given up keeps nobody waiting, such as a search for credentials that does not end.
  setTimeout(() => process.exit(), 10_000).unref();
}
