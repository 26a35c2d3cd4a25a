/** Lets objects go their ways, and judges what is left of them. */
import { type Form, FORMS, setupOf } from './forms';
import { ALL } from './judge';
import { type Column, listDropped, type Way, WAYS } from './ways';
import { type Specimen, World } from './world';
import { SEED } from '../../../assurance/properties/check';
import { type Random, randomOf } from '../../../assurance/soak/random';

/** What became of the objects of one way. */
export interface Played {
  readonly objects: number;
  /** An object of one form that goes one way is a combination. */
  readonly combinations: number;
  /** Attributes that nothing has any more. */
  readonly lost: number;
  readonly findings: readonly string[];
}

interface Planned {
  readonly name: string;
  readonly forms: readonly Form[];
}

/** @param mixtures the number of objects that have several attributes, by chance */
export async function play(way: Way, mixtures: number): Promise<Played> {
  const random = randomOf(SEED + WAYS.indexOf(way));
  const planned = [
    ...way.forms.map((form): Planned => ({ name: form.name, forms: [form] })),
    ...Array.from({ length: way.forms.includes(FORMS[0]) ? mixtures : 0 }, (_, i) =>
      mix(random, i),
    ),
  ];
  const sum = { objects: 0, combinations: 0, lost: 0, findings: [] as string[] };
  for (const setup of new Set(way.forms.map(setupOf))) {
    const own = planned.filter(({ forms }) => setupOf(forms[0]) === setup);
    const world = await World.open(setup, way.hasPacks === true, (specimen, isPacked) =>
      listDropped(specimen, toColumn(way, isPacked)),
    );
    try {
      own.forEach(({ name, forms }) => world.put(name, forms));
      await way.play(world);
      for (const specimen of world.specimens) {
        const problems = judge(world, way, specimen);
        if (problems.length > 0) {
          sum.findings.push(`${way.name} | ${specimen.name}: ${problems.join('; ')}`);
        }
      }
      const ofAll = world.judge.problems.get(ALL) ?? [];
      sum.findings.push(...ofAll.map((problem) => `${way.name} | ${setup}: ${problem}`));
      sum.objects += world.specimens.length;
      sum.combinations += world.specimens.reduce((count, { forms }) => count + forms.length, 0);
      sum.lost += world.judge.lost;
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
  const outcome = (world.judge.outcomes.get(name) ?? []).join();
  // What one of the forms is refused for, all are.
  const expected = way.expect(merge(forms));
  return [
    ...(expected.includes(outcome) ? [] : [`${outcome} instead of ${expected.join(' or ')}`]),
    ...(world.judge.problems.get(name) ?? []),
  ];
}

function merge(forms: readonly Form[]): Form {
  const merged = Object.assign({}, ...[...forms].reverse()) as Form;
  const headers = Object.assign({}, ...forms.map(({ options }) => options?.headers)) as object;
  return { ...merged, options: { ...merged.options, headers: { ...headers } } };
}

/** Two to seven forms that go together, often with a lock. */
function mix(random: Random, index: number): Planned {
  const setup = random.chance(0.3) ? 'locks' : 'plain';
  const forms = [random.pick(FORMS.filter((form) => setupOf(form) === setup))];
  for (let tries = 2 + random.integer(10); tries > 0; tries--) {
    const form = random.pick(FORMS.filter((each) => setupOf(each) === 'plain'));
    if (forms.length < 7 && !forms.some((each) => clash(each, form))) {
      forms.push(form);
    }
  }
  return { name: `${index}: ${forms.map(({ name }) => name).join(' + ')}`, forms };
}

/** Of two forms of one row, only headers of other names go together. */
function clash(a: Form, b: Form): boolean {
  const headersOf = ({ options = {} }: Form) => Object.keys(options.headers ?? {});
  const isOneHeader = headersOf(a).some((name) => headersOf(b).includes(name));
  const haveTags = [a, b].every(({ row, options = {} }) => row === 'tags' || options.tags);
  return (a.row === b.row && a.row !== 'content headers') || isOneHeader || haveTags;
}
