/** Guesses the time zone that the user meant. */

const ABBREVIATIONS: { readonly [name: string]: string } = {
  JST: 'Asia/Tokyo',
  KST: 'Asia/Seoul',
  PST: 'America/Los_Angeles',
  PDT: 'America/Los_Angeles',
  CDT: 'America/Chicago',
  EDT: 'America/New_York',
  BST: 'Europe/London',
  CEST: 'Europe/Paris',
  AEST: 'Australia/Sydney',
};

export function suggestTimeZone(given: string): string | undefined {
  return fromOffset(given) ?? ABBREVIATIONS[given.toUpperCase()] ?? findSimilar(given);
}

/** In names such as `Etc/GMT-9`, the sign says how far UTC is, so it is the other one. */
function fromOffset(given: string): string | undefined {
  const [, sign, digits] = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?00)?$/i.exec(given) ?? [];
  const hours = Number(digits);
  if (sign === undefined || hours > (sign === '+' ? 14 : 12)) {
    return undefined;
  }
  return hours === 0 ? 'UTC' : `Etc/GMT${sign === '+' ? '-' : '+'}${hours}`;
}

/** The same city, or else a name or a city that is at most a slip away. */
function findSimilar(given: string): string | undefined {
  const name = given.trim().toLowerCase().replace(/ /g, '_');
  const zones = Intl.supportedValuesOf('timeZone');
  const isNear = (zone: string) =>
    distance(zone.toLowerCase(), name) <= 2 ||
    (toCity(name).length >= 5 && distance(toCity(zone.toLowerCase()), toCity(name)) <= 1);
  return zones.find((zone) => toCity(zone.toLowerCase()) === toCity(name)) ?? zones.find(isNear);
}

function toCity(zone: string): string {
  return zone.slice(zone.lastIndexOf('/') + 1);
}

/** How many letters differ, are missing or are too many. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [at, letter] of [...one].entries()) {
    const next = [at + 1];
    for (let index = 0; index < other.length; index++) {
      next.push(
        Math.min(
          next[index] + 1,
          row[index + 1] + 1,
          row[index] + (other[index] === letter ? 0 : 1),
        ),
      );
    }
    row = next;
  }
  return row[other.length];
}
