/** Every way that an object can go. */
import { type ChangedForm, CHANGES } from './changes';
import { type Form, FORMS, type Row } from './forms';
import type { Specimen, World } from './world';

/** The columns of the table "attribute by way" (docs/safety.md). */
export type Column = 'one-request copy' | 'copy in parts' | 'pack' | 'found the same';

export interface Way {
  readonly name: string;
  readonly column: Column;
  /** What goes this way. */
  readonly forms: readonly Form[];
  readonly hasPacks?: true;
  play(world: World): Promise<unknown>;
  /** What the runs say of an object of this form, one after the other. One of these. */
  expect(form: Form): readonly string[];
}

const IN_PARTS = { MULTIPART_THRESHOLD_BYTES: '16' };
const KEEPS = { KEEPS_SOURCES: 'true' };
const PLACED = {
  STORAGE_CLASS: 'STANDARD_IA',
  DESTINATION_KEY_ARN: 'arn:aws:kms:us-east-1:123456789012:key/archive',
};
const ASKS_TAGS = {
  PACKING: JSON.stringify({
    maxObjectSize: 1024 ** 2,
    maxPackSize: 256 * 1024 ** 2,
    askTags: true,
  }),
};

const isLocked = ({ setup = 'plain' }: Form) => setup !== 'plain' && setup !== 'vault';
const conflictsOf = (form: Form) => (form as Partial<ChangedForm>).conflicts ?? 'never';

/** What stays at its source fails each time that it is tried, and is never restored. */
function expectAll(outcomes: readonly string[], stays: boolean): string[] {
  const archives = outcomes.filter((each) => each !== 'restored');
  return [(stays ? archives.map(() => 'failed') : outcomes).join()];
}

const byCopy =
  (...outcomes: string[]): Way['expect'] =>
  ({ isRefused = false }) =>
    expectAll(outcomes, isRefused);

/** S3 copies neither tags nor headers to an upload, so what cannot be read or written stays. */
const byParts =
  (...outcomes: string[]): Way['expect'] =>
  ({ size, isRefused = false, isRefusedByParts, isTagDenied, mayStayInParts }) => {
    // One request copies it.
    if (size === 0) {
      return expectAll(outcomes, isRefused);
    }
    return isRefused || isRefusedByParts || isTagDenied
      ? expectAll(outcomes, true)
      : [...expectAll(outcomes, false), ...(mayStayInParts ? expectAll(outcomes, true) : [])];
  };

/** An attribute that cannot be read, or is unknown, cannot be compared. Then both stay. */
function found(inParts: boolean, ...before: string[]): Way['expect'] {
  return (form) => {
    const parts = inParts && form.size !== 0;
    const never = expectAll([...before, 'archived'], true);
    if (form.isRefused || (parts && (form.isRefusedByParts || form.isTagDenied))) {
      return never;
    }
    const isCompleted = inParts && (form as Partial<ChangedForm>).completesParts;
    const conflicts =
      (['always', 'forth'].includes(conflictsOf(form)) && !isCompleted) || hasUnlisted(form);
    const stays = form.isTagDenied || (parts && hasUnlisted(form));
    const last = [...(conflicts ? ['conflicting'] : []), ...(stays ? ['failed'] : [])];
    const ends = (last.length > 0 ? last : ['archived']).map((end) => [...before, end].join());
    return parts && form.mayStayInParts ? [...ends, ...never] : ends;
  };
}

/** @param asksTags each member is asked */
function byPack(asksTags: boolean, ...after: string[]): Way['expect'] {
  return (form) => {
    const packed = ['packed', ...after].join();
    // Only members are extracted.
    const moved = ['archived', ...after]
      .filter((each) => each !== 'extracted')
      .map((each) => (each === 'packed' ? 'archived' : each))
      .join();
    const failed = after.includes('packed') ? 'failed,failed' : 'failed';
    // Each run asks for the tags of an object of this form, or does not: that depends on which
    // objects are read before it.
    if (form.isDroppedByPacks && !asksTags) {
      const once = ['failed,packed,restored', 'packed,restored,failed'];
      return [packed, failed, ...(after.includes('packed') ? once : [])];
    }
    if (form.isRefused) {
      return [failed];
    }
    // Where no tags are denied, none is lost. What is moved again is found, and cannot be compared.
    // What is seen first tells: the tags that cannot be read, or the unknown header.
    if (form.isTagDenied) {
      const again = hasUnlisted(form) ? ['archived,restored,conflicting'] : [];
      return [
        packed,
        ...(after.includes('packed') ? ['archived,restored,failed', ...again] : [moved]),
      ];
    }
    const isMoved = form.isRefusedByPacks || isLocked(form) || hasUnlisted(form);
    if (hasUnlisted(form) && after.includes('packed')) {
      return ['archived,restored,conflicting'];
    }
    return [isMoved ? moved : packed];
  };
}

const hasUnlisted = ({ options, rewrite }: Form) =>
  [options, rewrite?.options].some(
    (each) => each?.headers?.['x-amz-novel-attribute'] !== undefined,
  );

/** The old key is taken. Nothing knows whether a member had annotations. */
function taken(first: 'archived' | 'packed'): Way['expect'] {
  return (form) => {
    const isPacked = first === 'packed' && !isLocked(form);
    const conflicts =
      ['always', 'back'].includes(conflictsOf(form)) && !(isPacked && form.row === 'annotations');
    const done = isPacked ? 'packed' : 'archived';
    // No program can say whether objects with an unknown header are the same.
    return hasUnlisted(form)
      ? [`${done},restored`, `${done},conflicting`]
      : [`${done},${conflicts ? 'conflicting' : 'restored'}`];
  };
}

const COPY_WAYS: readonly Way[] = [
  {
    name: 'copy',
    column: 'one-request copy',
    forms: FORMS,
    play: (world) => world.archive(),
    expect: byCopy('archived'),
  },
  {
    name: 'copy to another name, restored',
    column: 'one-request copy',
    forms: FORMS,
    play: async (world) => {
      world.occupy();
      await world.readBack(
        'source',
        await world.archive({ environment: { CONFLICT_POLICY: 'RENAME' } }),
      );
    },
    expect: byCopy('archived', 'restored'),
  },
  {
    name: 'copy to a class and a key, restored',
    column: 'one-request copy',
    forms: FORMS,
    play: async (world) => world.readBack('source', await world.archive({ environment: PLACED })),
    expect: byCopy('archived', 'restored'),
  },
  {
    name: 'copy in parts',
    column: 'copy in parts',
    forms: FORMS,
    play: (world) => world.archive({ environment: IN_PARTS }),
    expect: byParts('archived'),
  },
  {
    name: 'copy in parts to a class and a key, restored',
    column: 'copy in parts',
    forms: FORMS,
    play: async (world) =>
      world.readBack('source', await world.archive({ environment: { ...IN_PARTS, ...PLACED } })),
    expect: byParts('archived', 'restored'),
  },
];

const FOUND_WAYS: readonly Way[] = [
  {
    name: 'KEEP, then DELETE',
    column: 'found the same',
    forms: [...FORMS, ...CHANGES],
    play: async (world) => {
      await world.archive({ environment: KEEPS });
      world.change();
      await world.archive();
    },
    expect: found(false, 'kept'),
  },
  {
    name: 'KEEP in parts, then DELETE',
    column: 'found the same',
    forms: [...FORMS, ...CHANGES],
    play: async (world) => {
      await world.archive({ environment: { ...IN_PARTS, ...KEEPS } });
      world.change();
      await world.archive({ environment: IN_PARTS });
    },
    expect: found(true, 'kept'),
  },
  {
    name: 'a denied delete, archived again',
    column: 'found the same',
    forms: CHANGES,
    play: async (world) => {
      await world.archiveWithoutDeletes();
      world.change();
      await world.archive();
    },
    expect: found(false),
  },
  {
    name: 'restored, archived again',
    column: 'found the same',
    forms: [...FORMS, ...CHANGES],
    play: async (world) => {
      await world.readBack('source', await world.archive());
      world.change();
      await world.archive();
    },
    expect: found(false, 'archived', 'restored'),
  },
  {
    name: 'copy, whose old key is taken when it is restored',
    column: 'found the same',
    forms: CHANGES,
    play: async (world) => {
      const run = await world.archive();
      world.change();
      await world.readBack('source', run);
    },
    expect: taken('archived'),
  },
];

const PACK_WAYS: readonly Way[] = [
  {
    name: 'pack, restored',
    column: 'pack',
    forms: FORMS,
    hasPacks: true,
    play: async (world) => world.readBack('source', await world.archive({ packs: true })),
    expect: byPack(false, 'restored'),
  },
  {
    name: 'pack of a class and a key, restored',
    column: 'pack',
    forms: FORMS,
    hasPacks: true,
    play: async (world) =>
      world.readBack('source', await world.archive({ packs: true, environment: PLACED })),
    expect: byPack(false, 'restored'),
  },
  {
    name: 'pack that asks for tags, restored',
    column: 'pack',
    // One denial for a folder, and each object would be asked without that.
    forms: FORMS.filter(({ row, isTagDenied }) => row === 'tags' && !isTagDenied),
    hasPacks: true,
    play: async (world) =>
      world.readBack('source', await world.archive({ packs: true, environment: ASKS_TAGS })),
    expect: byPack(true, 'restored'),
  },
  {
    name: 'pack, restored to the reports',
    column: 'pack',
    forms: FORMS,
    hasPacks: true,
    play: async (world) => world.readBack('reports', await world.archive({ packs: true })),
    expect: byPack(false, 'extracted'),
  },
  {
    name: 'pack, restored, packed again, restored',
    column: 'pack',
    forms: FORMS.filter((form) => !isLocked(form)),
    hasPacks: true,
    play: async (world) => {
      await world.readBack('source', await world.archive({ packs: true }));
      await world.readBack('source', await world.archive({ packs: true }));
    },
    expect: byPack(false, 'restored', 'packed', 'restored'),
  },
  {
    name: 'pack with denied deletes, packed again, restored',
    column: 'pack',
    forms: CHANGES,
    hasPacks: true,
    play: async (world) => {
      await world.archiveWithoutDeletes({ packs: true });
      world.change();
      await world.readBack('source', await world.archive({ packs: true }));
    },
    // What has locks was moved, and is found.
    expect: (form) =>
      isLocked(form) && conflictsOf(form) === 'forth'
        ? ['conflicting']
        : byPack(false, 'restored')(form),
  },
  {
    name: 'pack, whose old key is taken when it is restored',
    column: 'pack',
    forms: CHANGES,
    hasPacks: true,
    play: async (world) => {
      const run = await world.archive({ packs: true });
      world.change();
      await world.readBack('source', run);
    },
    expect: taken('packed'),
  },
];

export const WAYS: readonly Way[] = [...COPY_WAYS, ...FOUND_WAYS, ...PACK_WAYS];

/** What a way loses. docs/safety.md has the same. */
export const DROPPED: readonly { readonly row: Row; readonly columns: readonly Column[] }[] = [
  { row: 'annotations', columns: ['pack'] },
  {
    row: 'website redirect',
    columns: ['one-request copy', 'copy in parts', 'pack', 'found the same'],
  },
];

export function listDropped({ forms }: Specimen, column: Column): Row[] {
  const dropsTags = column === 'pack' && forms.some(({ isDroppedByPacks }) => isDroppedByPacks);
  return [
    ...DROPPED.filter(({ columns }) => columns.includes(column)).map(({ row }) => row),
    ...(dropsTags ? (['tags'] as const) : []),
  ];
}
