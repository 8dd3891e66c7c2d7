import { SENT } from './secrets.js';

/**
 * Remembers what logs in at a proxy, as it is and as its header has it: what answers in the proxy's place
 * may repeat it. A user without a password may be a token; beside one it is a word that others may use.
 */
export function rememberLogin(proxy: string): void {
  if (!URL.canParse(proxy)) return;
  const [user, password] = decoded(new URL(proxy));
  if (user === '' && password === '') return;
  SENT.addToken(password === '' ? user : password);
  SENT.addToken(`${user}:${password}`);
}

function decoded({ username, password }: URL): [user: string, password: string] {
  try {
    return [decodeURIComponent(username), decodeURIComponent(password)];
  } catch {
    return [username, password];
  }
}
