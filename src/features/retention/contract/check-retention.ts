import { isWhole } from '../../../contract/checks/is-whole';

const MAX = { years: 100, days: 36_500 };

interface Period {
  readonly years?: number;
  readonly days?: number;
}

/** @param isKnown false for a token, which is checked when its value is known */
export function checkRetention(
  { years, days }: Period,
  isKnown: (value: number) => boolean = () => true,
): void {
  const given = Object.entries({ years, days }).filter(
    (entry): entry is [keyof typeof MAX, number] => entry[1] !== undefined,
  );
  if (given.length !== 1) {
    const what = given.length === 0 ? 'neither years nor days' : 'both years and days';
    throw new Error(
      `retention has ${what} and must have one of them: write, for example, { years: 7 }`,
    );
  }
  const [[unit, value]] = given;
  if (isKnown(value) && !isWhole(1, MAX[unit])(value)) {
    throw new Error(
      `retention of ${value} ${unit} is not allowed: give a whole number of ${unit} from 1 to ` +
        `${MAX[unit].toLocaleString('en-US')}`,
    );
  }
}
