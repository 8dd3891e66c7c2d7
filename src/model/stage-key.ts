/** The name of a stage among those of several APIs; the ids of neither can be mistaken for another's. */
export function stageKey(api: string | null, stage: string | null): string {
  return JSON.stringify([api, stage]);
}
