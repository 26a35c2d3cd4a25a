/** Lets objects go their ways, and judges what is left of them. */
import { type Form, FORMS, setupOf } from './forms';
import { KNOWN_FAILURES } from './known-failures';
import { type Column, droppedBy, type Way, WAYS } from './ways';
import { type Specimen, World } from './world';
import { SEED } from '../../../assurance/properties/check';
import { type Random, randomOf } from '../../../assurance/soak/random';

/** What became of the objects of one way. */
export interface Played {
  readonly objects: number;
  /** An object of one form that goes one way is a combination. */
  readonly combinations: number;
  /** Attributes that nothing has any more, known failures included. */
  readonly lost: number;
  /** Known failures that failed. */
  readonly known: number;
  readonly findings: readonly string[];
}

interface Planned {
  readonly name: string;
  readonly forms: readonly Form[];
}

const isKnown = (way: Way, name: string) =>
  KNOWN_FAILURES.some((known) => known.way.test(way.name) && known.form.test(name));

/** @param mixtures the number of objects that have several attributes, by chance */
export async function play(way: Way, mixtures: number): Promise<Played> {
  const random = randomOf(SEED + WAYS.indexOf(way));
  const planned = [
    ...FORMS.map((form): Planned => ({ name: form.name, forms: [form] })),
    ...Array.from({ length: mixtures }, (_, i) => mix(random, way, i)),
  ];
  const sum = { objects: 0, combinations: 0, lost: 0, known: 0, findings: [] as string[] };
  for (const setup of new Set(FORMS.map(setupOf))) {
    const own = planned.filter(({ forms }) => setupOf(forms[0]) === setup);
    const world = await World.open(setup, (specimen, isPacked) =>
      droppedBy(specimen, toColumn(way, isPacked)),
    );
    try {
      const specimens = own.map(({ name, forms }) => world.put(name, forms));
      await way.play(world);
      for (const specimen of specimens) {
        const problems = judge(world, way, specimen);
        const known = isKnown(way, specimen.name);
        sum.known += known ? 1 : 0;
        if (known !== problems.length > 0) {
          sum.findings.push(
            `${way.name} | ${specimen.name}: ${problems.join('; ') || 'known to fail, and did not'}`,
          );
        }
      }
      const ofAll = world.problems.get('(all)') ?? [];
      sum.findings.push(...ofAll.map((problem) => `${way.name} | ${setup}: ${problem}`));
      sum.objects += specimens.length;
      sum.combinations += specimens.reduce((count, { forms }) => count + forms.length, 0);
      sum.lost += world.lost;
    } finally {
      await world.close();
    }
  }
  return sum;
}

/** What packs leave out is moved as one by one. */
function toColumn({ column }: Way, isPacked: boolean): Column {
  return isPacked ? 'pack' : column === 'pack' ? 'one-request copy' : column;
}

function judge(world: World, way: Way, { name, forms }: Specimen): string[] {
  const outcome = (world.outcomes.get(name) ?? []).join();
  const expected = way.expect(forms.find(isSpecial) ?? forms[0]);
  return [
    ...(expected.includes(outcome) ? [] : [`${outcome} instead of ${expected.join(' or ')}`]),
    ...(world.problems.get(name) ?? []),
  ];
}

const isSpecial = (form: Form): boolean =>
  Boolean(form.isRefused || form.isRefusedByPacks || form.isRefusedByParts || form.isTagDenied);

/** Two to six forms of different attributes, of which at most one is refused anywhere. */
function mix(random: Random, way: Way, index: number): Planned {
  const usable = FORMS.filter((form) => setupOf(form) === 'plain' && !isKnown(way, form.name));
  const wanted = 2 + random.integer(5);
  const forms: Form[] = [];
  for (let tries = 0; forms.length < wanted && tries < 50; tries++) {
    const form = random.pick(usable);
    const isTaken = forms.some((each) => clash(each, form));
    const isSecond = isSpecial(form) && forms.some(isSpecial);
    if (!isTaken && !isSecond) {
      forms.push(form);
    }
  }
  return { name: `${index}: ${forms.map(({ name }) => name).join(' + ')}`, forms };
}

/** Of two forms of one row, only headers of other names go together. */
function clash(a: Form, b: Form): boolean {
  const names = ({ options = {} }: Form) => Object.keys(options.headers ?? {});
  const isOne = a.row === b.row;
  const isOneHeader =
    a.row !== 'content headers' || names(a).some((name) => names(b).includes(name));
  const haveTags = [a, b].every(({ row, options = {} }) => row === 'tags' || options.tags);
  return (isOne && isOneHeader) || haveTags;
}
