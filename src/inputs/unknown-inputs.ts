import leven from 'leven';
import { INPUT_NAMES } from './table.js';

/** The runner hands over `with:` as variables of this prefix, unknown keys too, of which it only warns. */
const PREFIX = 'INPUT_';

/** From so many letters on, a name with one typing error, or two, still shows which input was meant. */
const LENGTH_FOR_ONE_ERROR = 6;
const LENGTH_FOR_TWO_ERRORS = 9;

/**
 * Inputs that do not exist, and the one that was most likely meant: `fail_on`, `failon` and `fail-onn`
 * for `fail-on`. An input that is ignored is worse than one that is refused. Variables of other actions
 * may be in the environment as well (`INPUT_WHO-TO-GREET`), so a name that is similar to none of ours is
 * ignored, and a short name must be very similar: `INPUT_STATE` is not `stage`.
 */
export function problemsOfUnknownInputs(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[] = INPUT_NAMES,
): string[] {
  const known = new Set(names.map((name) => `${PREFIX}${name.toUpperCase()}`));
  return Object.entries(environment)
    .filter(([variable, value]) => variable.startsWith(PREFIX) && (value ?? '').trim() !== '')
    .filter(([variable]) => !known.has(variable))
    .flatMap(([variable]) => {
      const given = variable.slice(PREFIX.length).toLowerCase();
      const meant = nameMeantBy(given, names);
      return meant === undefined
        ? []
        : [`${clip(given)}: there is no such input. Did you mean ${meant}?`];
    })
    .toSorted();
}

/** The name that was most likely meant by one that does not exist. */
export function nameMeantBy(given: string, names: readonly string[]): string | undefined {
  return names.find((name) => isNear(lettersOf(given), lettersOf(name)));
}

/** A name may have any number of dashes and still be similar. */
function clip(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name;
}

function lettersOf(name: string): string {
  return name.replace(/[^a-z0-9]/gi, '').toLowerCase();
}

function isNear(given: string, name: string): boolean {
  if (given === name || given === `${name}s` || `${given}s` === name) return true;
  const errors =
    name.length >= LENGTH_FOR_TWO_ERRORS ? 2 : name.length >= LENGTH_FOR_ONE_ERROR ? 1 : 0;
  // Two letters that changed places are one error.
  return errors > 0 && (leven(given, name) <= errors || isSwapped(given, name));
}

function isSwapped(given: string, name: string): boolean {
  if (given.length !== name.length) return false;
  const at = [...name].findIndex((letter, index) => letter !== given[index]);
  const swapped = `${name.slice(0, at)}${name.charAt(at + 1)}${name.charAt(at)}${name.slice(at + 2)}`;
  return at >= 0 && swapped === given;
}
