import type { DeclaredApi } from './declared.js';

/** What a declared API is called everywhere: `template.yaml#OrdersApi`. */
export function declaredId({ file, name }: Pick<DeclaredApi, 'file' | 'name'>): string {
  return `${file}#${name}`;
}

/** Whether an API is called by its file: no id or name of an API in AWS is written so. */
export function isDeclaredId(api: string): boolean {
  return api.includes('#');
}
