/** Every way that an object can go. */
import type { Form, Row } from './forms';
import type { Specimen, World } from './world';

/** The columns of the table "attribute by way". */
export type Column = 'one-request copy' | 'copy in parts' | 'pack' | 'found the same';

export interface Way {
  readonly name: string;
  readonly column: Column;
  play(world: World): Promise<void>;
  /** What the runs say of such an object, one after the other. One of these. */
  expect(form: Form): readonly string[];
}

const PARTS = { MULTIPART_THRESHOLD_BYTES: '16' };
const KEEPS = { KEEPS_SOURCES: 'true' };

const isLocked = ({ setup = 'plain' }: Form) => setup !== 'plain' && setup !== 'vault';

function copied(...outcomes: string[]): Way['expect'] {
  return ({ isRefused }) =>
    isRefused
      ? [
          outcomes
            .filter((each) => each !== 'restored')
            .map(() => 'failed')
            .join(),
        ]
      : [outcomes.join()];
}

const inParts =
  (...outcomes: string[]): Way['expect'] =>
  (form) =>
    copied(...outcomes)(
      form.isRefusedByParts || form.isTagDenied ? { ...form, isRefused: true } : form,
    );

/** What cannot be read cannot be compared, so that both stay. */
const found =
  (...outcomes: string[]): Way['expect'] =>
  (form) =>
    form.isTagDenied && !form.isRefused
      ? [[...outcomes.slice(0, -1), 'failed'].join()]
      : copied(...outcomes)(form);

function packed(...back: string[]): Way['expect'] {
  return (form) => {
    const all = (first: string) => [first, ...back].join();
    if (form.isDroppedByPacks) {
      return [all('packed'), 'failed'];
    }
    if (form.isRefused) {
      return ['failed'];
    }
    const isMoved = form.isRefusedByPacks || isLocked(form);
    // A denial without tags loses nothing.
    return form.isTagDenied
      ? [all('packed'), all('archived')]
      : [all(isMoved ? 'archived' : 'packed')];
  };
}

export const WAYS: readonly Way[] = [
  {
    name: 'one-request copy',
    column: 'one-request copy',
    play: async (world) => void (await world.archive()),
    expect: copied('archived'),
  },
  {
    name: 'one-request copy, restored',
    column: 'one-request copy',
    play: async (world) => void (await world.restore(await world.archive())),
    expect: copied('archived', 'restored'),
  },
  {
    name: 'copy in parts',
    column: 'copy in parts',
    play: async (world) => void (await world.archive({ environment: PARTS })),
    expect: inParts('archived'),
  },
  {
    name: 'KEEP, then DELETE',
    column: 'found the same',
    play: async (world) => {
      await world.archive({ environment: KEEPS });
      await world.archive();
    },
    expect: found('kept', 'archived'),
  },
  {
    name: 'pack, restored',
    column: 'pack',
    play: async (world) => void (await world.restore(await world.archive({ packs: true }))),
    expect: packed('restored'),
  },
];

/** What a way does not keep, as the documents say. */
export const DROPPED: readonly { readonly row: Row; readonly columns: readonly Column[] }[] = [
  { row: 'annotations', columns: ['pack'] },
  {
    row: 'website redirect',
    columns: ['one-request copy', 'copy in parts', 'pack', 'found the same'],
  },
];

export function droppedBy({ forms }: Specimen, column: Column): Row[] {
  const isDropped = column === 'pack' && forms.some(({ isDroppedByPacks }) => isDroppedByPacks);
  return [
    ...DROPPED.filter(({ columns }) => columns.includes(column)).map(({ row }) => row),
    ...(isDropped ? (['tags'] as const) : []),
  ];
}
