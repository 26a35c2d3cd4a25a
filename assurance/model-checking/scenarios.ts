/**
 * `npm run interleavings` explores these scenarios with these bounds.
 *
 * The bounds differ because the numbers of schedules differ. With one mover, every content and
 * policy is tried under all bounds. With two movers, the bounds go as far as ten minutes allow.
 */
import { LOCK, watchesSources, type At, type FaultKind, type Scenario } from './scenario';

const FAULTS: FaultKind[] = ['refused', 'conflict', 'lost', 'slow key', 'kill'];
const POLICIES = ['REPORT', 'RENAME'] as const;
const THERE: At[] = ['nothing', 'the same', 'other content', 'a twin'];

type Rest = Partial<Scenario> & Pick<Scenario, 'movers' | 'foreignActions' | 'faults'>;

function scenario(name: string, rest: Rest): Scenario {
  const whole = {
    objects: 1,
    policy: 'REPORT',
    flavour: 'plain',
    destination: 'nothing',
    kinds: FAULTS,
    ...rest,
  } as const;
  const variant = [whole.policy, whole.flavour, whole.destination]
    .join('-')
    .toLowerCase()
    .replaceAll(' ', '-');
  return { ...whole, name: `${name}-${variant}-${whole.foreignActions}+${whole.faults}` };
}

const everywhere = (name: string, rest: Rest): Scenario[] =>
  POLICIES.flatMap((policy) =>
    THERE.map((destination) => scenario(name, { ...rest, policy, destination })),
  );

const inParts = (name: string, rest: Partial<Rest>): Scenario =>
  scenario(name, {
    movers: ['batch'],
    objects: 2,
    partLines: 1,
    foreignActions: 1,
    faults: 1,
    ...rest,
  });

export const SCENARIOS: Scenario[] = [
  // Two movers stand for two runs of one date, or for an invocation that was given up and its
  // repetition.
  ...everywhere('two', { movers: ['move', 'move'], foreignActions: 1, faults: 2 }),
  ...everywhere('two', { movers: ['move', 'move'], foreignActions: 2, faults: 0 }),
  scenario('two', {
    movers: ['move', 'move'],
    foreignActions: 2,
    faults: 1,
    destination: 'other content',
  }),
  // These ETags say nothing about the content.
  ...everywhere('two', { movers: ['move', 'move'], foreignActions: 1, faults: 0, flavour: 'kms' }),
  scenario('two', { movers: ['move', 'move'], foreignActions: 1, faults: 1, flavour: 'kms' }),
  scenario('two', {
    movers: ['move', 'move'],
    foreignActions: 1,
    faults: 1,
    flavour: 'kms',
    destination: 'other content',
  }),
  ...everywhere('two', {
    movers: ['move', 'move'],
    foreignActions: 1,
    faults: 1,
    flavour: 'multipart',
  }).filter(({ destination }) => destination === 'the same' || destination === 'a twin'),
  // The second mover lists the source itself, at any time.
  ...everywhere('two-runs', { movers: ['move', 'list and move'], foreignActions: 1, faults: 1 }),
  // A sender gives up or dies, and S3 executes its calls at any later time.
  ...everywhere('late', {
    movers: ['move', 'move'],
    foreignActions: 1,
    faults: 1,
    kinds: ['late', 'late kill'],
  }).filter(({ policy, destination }) => policy === 'REPORT' || destination !== 'a twin'),
  // There is one mover, and all bounds are at their largest.
  ...everywhere('one', { movers: ['move'], foreignActions: 2, faults: 2 }),
  ...everywhere('one', { movers: ['move'], foreignActions: 1, faults: 2, flavour: 'kms' }),
  ...everywhere('one', { movers: ['move'], foreignActions: 2, faults: 0, flavour: 'kms' }),
  ...everywhere('one', { movers: ['move'], foreignActions: 1, faults: 2, flavour: 'multipart' }),
  scenario('one', {
    movers: ['move'],
    foreignActions: 2,
    faults: 1,
    flavour: 'multipart',
    policy: 'RENAME',
    destination: 'other content',
  }),
  // Without checksums, only size and time speak for what lies under another name.
  scenario('one', {
    movers: ['move'],
    foreignActions: 2,
    faults: 1,
    flavour: 'kms',
    policy: 'RENAME',
    destination: 'other content',
  }),
  // The time is up, so every fault is final.
  ...everywhere('time-up', { movers: ['impatient move'], foreignActions: 2, faults: 2 }),
  scenario('time-up-two', { movers: ['impatient move', 'move'], foreignActions: 1, faults: 1 }),
  scenario('forbidden', {
    movers: ['move', 'move'],
    foreignActions: 1,
    faults: 1,
    missingIsForbidden: true,
  }),
  scenario('odd-key', { movers: ['move', 'move'], foreignActions: 1, faults: 1, oddKey: true }),
  // These are multipart copies of two parts.
  ...everywhere('large', { movers: ['move'], foreignActions: 1, faults: 1, large: true }),
  scenario('large', {
    movers: ['move'],
    foreignActions: 1,
    faults: 1,
    large: true,
    flavour: 'multipart',
  }),
  scenario('large', { movers: ['move'], foreignActions: 2, faults: 0, large: true }),
  scenario('large-two', {
    movers: ['move', 'move'],
    foreignActions: 0,
    faults: 1,
    large: true,
    flavour: 'multipart',
  }),
  // These scenarios run moveBatch in the rounds that Step Functions makes.
  ...POLICIES.map((policy) =>
    scenario('batch', {
      movers: ['batch', 'batch'],
      foreignActions: 1,
      faults: 1,
      policy,
      kinds: [...FAULTS, 'time'],
    }),
  ),
  ...POLICIES.map((policy) =>
    scenario('batch-large', {
      movers: ['batch'],
      foreignActions: 1,
      faults: 1,
      policy,
      large: true,
      flavour: 'multipart',
      kinds: [...FAULTS, 'time'],
    }),
  ),
  // There is no checksum with which S3 would notice parts of two versions.
  scenario('batch-large', {
    movers: ['batch'],
    foreignActions: 1,
    faults: 1,
    large: true,
    kinds: [...FAULTS, 'time'],
  }),
  ...everywhere('batch-of-two', {
    movers: ['batch'],
    objects: 2,
    foreignActions: 1,
    faults: 1,
    kinds: [...FAULTS, 'time'],
  }).filter(
    ({ policy, destination }) =>
      policy === 'REPORT' || !['the same', 'a twin'].includes(destination),
  ),
  scenario('batch-of-two-two', {
    movers: ['batch', 'batch'],
    objects: 2,
    foreignActions: 1,
    faults: 0,
  }),
  // With all kinds of faults, its states do not fit into 6 GB.
  scenario('batch-of-two-two', {
    movers: ['batch', 'batch'],
    objects: 2,
    foreignActions: 0,
    faults: 1,
    kinds: ['kill', 'lost'],
  }),
  // Each object has a part of the ledger of its own, which is written, and whose source is deleted,
  // while the other one is copied.
  ...POLICIES.map((policy) => inParts('parts', { policy, kinds: [...FAULTS, 'time'] })),
  inParts('parts', { destination: 'other content' }),
  // After a kill, only the ledger knows what S3 answered to a copy.
  inParts('parts', { flavour: 'kms', foreignActions: 0, faults: 2, kinds: ['kill', 'lost'] }),
  inParts('parts-late', { isSealed: true, kinds: ['late kill'] }),
  // With a fault, their states do not fit into an hour.
  inParts('parts-two', { movers: ['batch', 'batch'], foreignActions: 0, faults: 0 }),
  inParts('parts-abandoned', { movers: ['batch', 'reconcile'], foreignActions: 0, faults: 0 }),
  ...(['copy', 'delete'] as const).map((denied) =>
    inParts(`parts-denied-${denied}`, { denied, kinds: [...FAULTS, 'time'] }),
  ),
  // The child of a batch ends when the time of its round is up, and FinishBatches goes on.
  ...POLICIES.map((policy) =>
    scenario('ending-batch', {
      movers: ['ending batch'],
      foreignActions: 1,
      faults: 2,
      policy,
      kinds: ['time', 'kill', 'lost'],
    }),
  ),
  ...[
    [0, 2],
    [1, 1],
  ].map(([foreignActions, faults]) =>
    scenario('ending-batch-of-two', {
      movers: ['ending batch'],
      objects: 2,
      foreignActions,
      faults,
      kinds: ['time', 'kill'],
    }),
  ),
  scenario('ending-late', {
    movers: ['ending batch'],
    foreignActions: 1,
    faults: 2,
    isSealed: true,
    kinds: ['time', 'late kill'],
  }),
  scenario('ending-two', {
    movers: ['ending batch', 'ending batch'],
    foreignActions: 1,
    faults: 1,
    kinds: ['time', 'kill'],
  }),
  scenario('ending-abandoned', {
    movers: ['ending batch', 'reconcile'],
    foreignActions: 0,
    faults: 1,
    kinds: ['time', 'kill'],
  }),
  // The owner writes content of another size, which the archive then holds under the name of the
  // listed object.
  ...POLICIES.map((policy) =>
    scenario('batch-resized', {
      movers: ['batch'],
      foreignActions: 1,
      faults: 2,
      policy,
      resizes: true,
    }),
  ),
  scenario('batch-resized-two', {
    movers: ['batch', 'batch'],
    foreignActions: 1,
    faults: 1,
    resizes: true,
    kinds: ['kill', 'lost'],
  }),
  // A batch was given up, but still runs while ReportRun finds out what became of its objects, and
  // after that.
  ...POLICIES.map((policy) =>
    scenario('abandoned', {
      movers: ['batch', 'reconcile'],
      foreignActions: 1,
      faults: 1,
      policy,
      resizes: true,
      kinds: ['refused', 'lost', 'kill'],
    }),
  ),
  // An attempt dies, and S3 executes what it had sent at any later time, also after the next
  // attempt has answered.
  ...POLICIES.flatMap((policy) => [
    scenario('dead-batch', {
      movers: ['batch'],
      foreignActions: 2,
      faults: 1,
      policy,
      resizes: true,
      isSealed: true,
      kinds: ['late kill'],
    }),
    scenario('dead-reconcile', {
      movers: ['reconcile'],
      foreignActions: 2,
      faults: 1,
      policy,
      resizes: true,
      isSealed: true,
      kinds: ['late kill'],
    }),
    scenario('dead-both', {
      movers: ['batch', 'reconcile'],
      foreignActions: 0,
      faults: 1,
      policy,
      isSealed: true,
      kinds: ['late kill'],
    }),
  ]),
  scenario('dead-denied', {
    movers: ['batch'],
    objects: 2,
    foreignActions: 1,
    faults: 1,
    denied: 'delete',
    isSealed: true,
    kinds: ['late kill'],
  }),
  // The archiver may not copy, or may not delete, one of two objects.
  ...(['copy', 'delete'] as const).flatMap((denied) => [
    scenario(`denied-${denied}`, {
      movers: ['batch'],
      objects: 2,
      foreignActions: 1,
      faults: 1,
      denied,
      kinds: [...FAULTS, 'time'],
    }),
    scenario(`denied-${denied}-two`, {
      movers: ['batch', 'reconcile'],
      objects: 2,
      foreignActions: 0,
      faults: 1,
      denied,
      kinds: ['kill', 'lost'],
    }),
  ]),
  // An archiver that keeps its sources runs beside one that deletes them.
  ...everywhere('keep', { movers: ['keep batch', 'move'], foreignActions: 1, faults: 1 }),
  scenario('keep', {
    movers: ['keep batch', 'move'],
    foreignActions: 1,
    faults: 0,
    flavour: 'kms',
    destination: 'the same',
  }),
  // Three objects that the plan has put into one pack. Another writer may remove the pack, or
  // have put an object under its name already.
  scenario('pack', { movers: ['pack batch'], objects: 3, foreignActions: 2, faults: 0 }),
  scenario('pack', { movers: ['pack batch'], objects: 3, foreignActions: 1, faults: 1 }),
  scenario('pack', {
    movers: ['pack batch'],
    objects: 3,
    foreignActions: 1,
    faults: 1,
    flavour: 'kms',
  }),
  // One of them may be left out, and is moved.
  scenario('pack-of-four', { movers: ['pack batch'], objects: 4, foreignActions: 1, faults: 0 }),
  // Two packs, whose sources are removed together.
  scenario('pack-each', {
    movers: ['pack batch'],
    objects: 2,
    packObjects: 1,
    foreignActions: 2,
    faults: 0,
  }),
  scenario('pack-each', {
    movers: ['pack batch'],
    objects: 2,
    packObjects: 1,
    foreignActions: 1,
    faults: 1,
  }),
  scenario('pack-late', {
    movers: ['pack batch'],
    objects: 3,
    foreignActions: 1,
    faults: 1,
    kinds: ['late', 'late kill'],
  }),
  scenario('pack-two', {
    movers: ['pack batch', 'pack batch'],
    objects: 3,
    foreignActions: 0,
    faults: 1,
    kinds: ['kill', 'lost'],
  }),
  scenario('pack-two', {
    movers: ['pack batch, in turn', 'pack batch, in turn'],
    objects: 3,
    foreignActions: 1,
    faults: 0,
    actions: ['put other source/in/a.csv'],
  }),
  // Both objects have the same destination, as with a flattened layout.
  ...POLICIES.map((policy) =>
    scenario('one-place', {
      movers: ['batch'],
      objects: 2,
      onePlace: true,
      foreignActions: 1,
      faults: 1,
      policy,
    }),
  ),
  ...POLICIES.map((policy) =>
    scenario('one-place-two', {
      movers: ['batch', 'batch'],
      objects: 2,
      onePlace: true,
      foreignActions: 0,
      faults: 0,
      policy,
    }),
  ),
];

/**
 * Whole runs that share an archive. Nothing is assumed about time: a run may begin at any time, and
 * S3 may execute what it sent at any later time, also after its invocation was given up.
 */
const SHARED = {
  runs: 'all',
  destination: 'the same',
  kinds: ['late', 'late kill', 'kill', 'lost'],
  foreignActions: 0,
  faults: 0,
} as const;
/** An archived copy is removed, and its key is written again. */
const LOSSES = [
  'delete archive/archive/a.csv',
  'put other source/in/a.csv',
  'put same source/in/a.csv',
  'put other archive/archive/a.csv',
];
const PACKED = {
  isPacked: true,
  isArchived: true,
  objects: 3,
  destination: 'nothing',
  actions: ['put other source/in/a.csv', 'put same source/in/a.csv'],
} as const;
export const RUN_SCENARIOS: Scenario[] = [
  // The object is at both ends, or only in the archive. Another archiver, or the same one after a
  // deployment, knows nothing of the others.
  ...[false, true].flatMap((isArchived) => {
    const name = isArchived ? 'runs-archived' : 'runs';
    return [
      scenario(`${name}-two-archivers`, {
        ...SHARED,
        isArchived,
        movers: ['restore run', 'archive run', 'archive run, elsewhere'],
        faults: 1,
      }),
      scenario(`${name}-two-restores`, {
        ...SHARED,
        isArchived,
        movers: ['restore run', 'restore run', 'archive run, elsewhere'],
        faults: 1,
      }),
      scenario(name, {
        ...SHARED,
        isArchived,
        movers: ['restore run', 'archive run, elsewhere'],
        foreignActions: 1,
        faults: 1,
      }),
      scenario(name, {
        ...SHARED,
        isArchived,
        movers: ['restore run', 'archive run, elsewhere'],
        foreignActions: 1,
        flavour: 'kms',
      }),
    ];
  }),
  // Only what is lost counts here, and not what could lose something.
  scenario('runs-loss', {
    ...SHARED,
    runs: 'loss',
    movers: ['restore run', 'archive run, elsewhere'],
  }),
  // Two keys have one archived copy.
  scenario('runs-one-copy', {
    ...SHARED,
    isArchived: true,
    movers: ['restore one key', 'restore run'],
    objects: 2,
    onePlace: true,
    equal: true,
    faults: 1,
  }),
  scenario('runs-one-copy-loss', {
    ...SHARED,
    runs: 'loss',
    isArchived: true,
    movers: ['restore one key', 'archive run'],
    objects: 2,
    onePlace: true,
    equal: true,
  }),
  // What a verification says while others work.
  scenario('verify-run', { ...SHARED, movers: ['nightly run', 'verify'], faults: 1 }),
  scenario('verify', {
    ...SHARED,
    isArchived: true,
    movers: ['archive run', 'verify'],
    foreignActions: 2,
    actions: LOSSES,
  }),
  scenario('verify-restored', {
    ...SHARED,
    isArchived: true,
    movers: ['restore run', 'verify'],
    foreignActions: 2,
    actions: LOSSES,
  }),
  scenario('verify-restored', {
    ...SHARED,
    isArchived: true,
    movers: ['restore run', 'verify'],
    foreignActions: 1,
    faults: 1,
    actions: LOSSES,
  }),
  scenario('verify-shared', {
    ...SHARED,
    isArchived: true,
    movers: ['restore one key', 'verify'],
    objects: 2,
    onePlace: true,
    equal: true,
    foreignActions: 1,
  }),
  scenario('verify-restored-elsewhere', {
    ...SHARED,
    isRestoredElsewhere: true,
    movers: ['verify'],
    foreignActions: 1,
    actions: LOSSES,
  }),
  // The earlier run has packed the objects. Another writer removes the pack or its index, or
  // forges one of them.
  scenario('packed-restore', { ...SHARED, ...PACKED, movers: ['restore run'], foreignActions: 2 }),
  scenario('packed-restore', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run'],
    foreignActions: 1,
    faults: 1,
  }),
  scenario('packed-restore', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run'],
    foreignActions: 1,
    flavour: 'kms',
  }),
  scenario('packed-two-restores', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run', 'restore one key'],
    faults: 1,
  }),
  scenario('packed-verify', { ...SHARED, ...PACKED, movers: ['verify'], foreignActions: 2 }),
  scenario('packed-verify-deep', {
    ...SHARED,
    ...PACKED,
    movers: ['verify, deep'],
    foreignActions: 2,
  }),
  scenario('packed-verify-deep', {
    ...SHARED,
    ...PACKED,
    movers: ['verify, deep'],
    foreignActions: 1,
    faults: 1,
    kinds: ['refused', 'lost', 'kill'],
  }),
  scenario('packed-restore-and-verify', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run', 'verify'],
    foreignActions: 2,
  }),
  scenario('packed-restore-and-verify', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run', 'verify'],
    foreignActions: 1,
    faults: 1,
  }),
  // What lines say, and what a run has left.
  ...(['earlier', 'both', 'no ETag', 'size'] as const).flatMap((line) =>
    (['plain', 'kms'] as const).flatMap((flavour) => {
      const actions = line === 'both' ? [...LOSSES, 'delete archive/archive/older.csv'] : LOSSES;
      const rest: Rest = {
        line,
        flavour,
        actions,
        isArchived: true,
        movers: ['restore run', 'verify'],
        foreignActions: 1,
        faults: 0,
      };
      return scenario(`verify-${line.replace(' ', '-').toLowerCase()}`, { ...SHARED, ...rest });
    }),
  ),
  ...(['part', 'list', 'report'] as const).map((lacks) => {
    return scenario(`verify-without-${lacks}`, {
      ...SHARED,
      lacks,
      isArchived: true,
      movers: ['verify'],
      objects: 2,
      faults: 1,
    });
  }),
];

/** The owner and another writer change what belongs to the object, and not the object. */
const CHANGES = [
  'annotate source/in/a.csv',
  'tag source/in/a.csv',
  'annotate archive/archive/a.csv',
  'tag archive/archive/a.csv',
];
const THAWS = ['thaw source/in/a.csv', 'freeze source/in/a.csv'];
const ANNOTATED = { annotations: 'note=first' };

/** What belongs to an object besides its bytes goes with it, or the object stays. */
const ATTRIBUTE_SCENARIOS: Scenario[] = [
  // One request copies all that S3 keeps of it. A website redirect is dropped by every way.
  ...POLICIES.map((policy) =>
    scenario('attributes', {
      movers: ['move'],
      foreignActions: 2,
      faults: 0,
      policy,
      source: { ...ANNOTATED, redirect: '/' },
      actions: CHANGES,
    }),
  ),
  // The archive holds other tags, or another annotation of the same name.
  scenario('attributes-differ', {
    movers: ['move'],
    destination: 'a twin',
    foreignActions: 2,
    faults: 1,
    source: ANNOTATED,
    actions: CHANGES,
  }),
  // In parts, annotations are written after the copy is complete.
  ...(['plain', 'multipart', 'kms'] as const).map((flavour) =>
    scenario('attributes-in-parts', {
      movers: ['move'],
      flavour,
      large: true,
      foreignActions: 1,
      faults: 1,
      source: ANNOTATED,
      actions: CHANGES,
    }),
  ),
  scenario('attributes-in-parts', {
    movers: ['move'],
    large: true,
    foreignActions: 2,
    faults: 0,
    source: ANNOTATED,
    actions: [...CHANGES, 'put other archive/archive/a.csv'],
  }),
  // Another writer has uploaded the object in parts, and no writer has annotated it.
  scenario('attributes-uploaded-in-parts', {
    movers: ['move'],
    destination: 'the same',
    foreignActions: 1,
    faults: 1,
    source: ANNOTATED,
    archived: { isUploadedInParts: true },
    actions: CHANGES,
  }),
  // A pack drops annotations and the redirect. A tag that changes is in the pack, or the source
  // stays.
  scenario('pack-attributes', {
    movers: ['pack batch'],
    objects: 3,
    foreignActions: 1,
    faults: 0,
    source: { ...ANNOTATED, redirect: '/' },
    actions: CHANGES.slice(0, 2),
  }),
  scenario('pack-attributes', {
    movers: ['pack batch'],
    objects: 3,
    foreignActions: 1,
    faults: 1,
    kinds: ['lost', 'kill'],
    source: ANNOTATED,
    actions: ['tag source/in/a.csv'],
  }),
  // The copy gets the lock that the source has. One in the archive may be locked longer.
  scenario('locks-copied', {
    movers: ['move', 'list and move'],
    foreignActions: 1,
    faults: 0,
    sourceLocks: true,
    source: { lock: LOCK },
    actions: ['lock archive/archive/a.csv', 'tag source/in/a.csv'],
  }),
  scenario('locks-weaker', {
    movers: ['move'],
    destination: 'the same',
    foreignActions: 1,
    faults: 1,
    sourceLocks: true,
    source: { lock: LOCK },
    actions: ['lock archive/archive/a.csv'],
  }),
  // S3 restores the source at any time, and what it restored expires at any time.
  ...(['frozen', 'ongoing', 'readable'] as const).map((glacier) =>
    scenario(`glacier-${glacier}`, {
      movers: ['batch'],
      glacier,
      foreignActions: 2,
      faults: 1,
      kinds: [...FAULTS, 'time'],
      actions: [...THAWS, 'put other source/in/a.csv', 'delete source/in/a.csv'],
    }),
  ),
  scenario('glacier-frozen', {
    movers: ['batch'],
    glacier: 'frozen',
    destination: 'the same',
    foreignActions: 2,
    faults: 1,
    actions: [...THAWS, 'delete archive/archive/a.csv'],
  }),
  scenario('glacier-two', {
    movers: ['batch', 'batch'],
    glacier: 'frozen',
    foreignActions: 2,
    faults: 0,
    actions: THAWS,
  }),
  scenario('glacier-two', {
    movers: ['batch', 'batch'],
    glacier: 'frozen',
    foreignActions: 1,
    faults: 1,
    kinds: ['lost', 'kill'],
    actions: THAWS,
  }),
  // What is found at the destination is asked for its annotations.
  ...POLICIES.flatMap((policy) =>
    (['plain', 'kms', 'multipart'] as const).map((flavour) =>
      scenario('attributes-found', {
        movers: ['move'],
        destination: 'the same',
        foreignActions: 2,
        faults: 1,
        policy,
        flavour,
        actions: CHANGES,
      }),
    ),
  ),
  // The same after a lost answer or a kill.
  scenario('attributes-lost-answer', {
    movers: ['move'],
    foreignActions: 1,
    faults: 1,
    kinds: ['lost', 'kill', 'late'],
    actions: CHANGES,
  }),
  scenario('attributes-two', {
    movers: ['move', 'move'],
    foreignActions: 1,
    faults: 1,
    kinds: ['lost', 'kill'],
    actions: CHANGES.slice(0, 2),
  }),
  scenario('attributes-batch', {
    movers: ['batch'],
    foreignActions: 1,
    faults: 1,
    kinds: [...FAULTS, 'time'],
    actions: CHANGES,
  }),
  // Or while the object is copied in parts.
  scenario('attributes-overtaken', {
    movers: ['move'],
    large: true,
    foreignActions: 1,
    faults: 0,
    source: ANNOTATED,
    actions: ['put same archive/archive/a.csv'],
  }),
  // An archiver that keeps its sources, and then one that deletes them.
  scenario('attributes-kept', {
    movers: ['keep batch', 'move'],
    foreignActions: 1,
    faults: 0,
    actions: CHANGES,
  }),
  // Restored, and then archived again.
  scenario('attributes-again', {
    ...SHARED,
    isArchived: true,
    movers: ['restore run', 'archive run, elsewhere'],
    foreignActions: 1,
    actions: CHANGES.slice(0, 2),
  }),
  // Annotations that may not be read are not none.
  scenario('attributes-unreadable', {
    movers: ['move'],
    destination: 'the same',
    foreignActions: 1,
    faults: 0,
    unreadable: 'annotations',
    source: ANNOTATED,
    actions: CHANGES,
  }),
  // Another writer has uploaded the object in parts, and annotated it.
  scenario('attributes-of-others', {
    movers: ['move'],
    destination: 'the same',
    foreignActions: 1,
    faults: 0,
    source: ANNOTATED,
    archived: { annotations: 'theirs=first', isUploadedInParts: true },
    actions: CHANGES,
  }),
  // The tags of one folder may not be read.
  scenario('pack-unreadable', {
    movers: ['pack batch'],
    objects: 4,
    foreignActions: 0,
    faults: 0,
    unreadable: 'tags',
  }),
  // The same where S3 counts no tags in the other folder either. One call after the other: which
  // member is asked for its folder depends on the order of answers.
  scenario('pack-folders', {
    movers: ['pack batch, in turn'],
    objects: 4,
    foreignActions: 1,
    faults: 0,
    unreadable: 'tags',
    source: { tags: '' },
    actions: ['tag source/in/a.csv'],
  }),
  // The old key of a packed object holds its bytes without its metadata.
  scenario('packed-restore-bare', {
    ...SHARED,
    ...PACKED,
    movers: ['restore run'],
    foreignActions: 1,
    actions: ['put bare source/in/a.csv', 'put twin source/in/a.csv'],
  }),
  // Or it holds the object itself, and its ETag says nothing of its bytes.
  ...(['kms', 'multipart'] as const).map((flavour) =>
    scenario('packed-restore-untouched', {
      ...SHARED,
      ...PACKED,
      isArchived: false,
      flavour,
      movers: ['restore run'],
    }),
  ),
  // A lock that is extended during the comparison is seen by the last look at the source.
  ...(['nothing', 'the same'] as const).map((destination) =>
    scenario('locks', {
      movers: ['move'],
      destination,
      foreignActions: 1,
      faults: 1,
      sourceLocks: true,
      source: { lock: LOCK },
      archived: { lock: LOCK },
      actions: ['lock source/in/a.csv', 'lock archive/archive/a.csv'],
    }),
  ),
];

SCENARIOS.push(...ATTRIBUTE_SCENARIOS);

/**
 * No condition of S3 can detect this case, so the exploration must find it: the owner writes the
 * same bytes with other tags between our copy and our delete.
 */
export const BLIND_SPOT: Scenario = scenario('blind-spot', {
  movers: ['move'],
  foreignActions: 1,
  faults: 0,
  retags: true,
});

SCENARIOS.push(...RUN_SCENARIOS);

/** Small bounds. Two movers get no faults, and a batch of two gets one variant. */
export const SMALL: Scenario[] = distinct([
  ...SCENARIOS.filter(
    ({ movers, objects, large, name }) =>
      movers.length === 1 && objects === 1 && !large && !name.includes('rename-kms'),
  ).map((each) => bounded(each, 1, watchesSources(each) ? Math.min(1, each.faults) : 1)),
  ...SCENARIOS.filter(({ movers, large }) => movers.length === 1 && large).map((each) =>
    bounded(each, 1, 0),
  ),
  ...SCENARIOS.filter(({ name }) =>
    /^(two|forbidden|odd-key|batch|keep)-(report|rename)-plain-(?!a-twin)/.test(name),
  ).map((each) => bounded(each, 1, 0)),
  ...SCENARIOS.filter(({ name }) =>
    /^(locks-copied|glacier-two|attributes-(two|kept))-/.test(name),
  ).map((each) => bounded(each, 1, 0)),
  ...SCENARIOS.filter(({ name }) => name.startsWith('one-place-two-report')),
  ...SCENARIOS.filter(({ name }) => name.startsWith('pack-')).map((each) =>
    bounded(each, each.movers.length === 1 ? Math.min(1, each.foreignActions) : 0, 0),
  ),
  ...SCENARIOS.filter(({ name }) => /^pack-(late|each|report)-/.test(name)).map((each) =>
    bounded(each, 0, 1),
  ),
  ...SCENARIOS.filter(({ name }) => /^ending-(two|batch-of-two)-/.test(name)).map((each) =>
    bounded(each, 0, 1),
  ),
  scenario('batch-of-two', { movers: ['batch'], objects: 2, foreignActions: 1, faults: 0 }),
  ...SCENARIOS.filter(
    ({ name, movers }) => name.startsWith('parts-') && movers.length === 1,
  ).flatMap((each) => [bounded(each, 1, 0), bounded(each, 0, 1)]),
  ...SCENARIOS.filter(({ runs }) => runs).map((each) =>
    bounded(each, Math.min(1, each.foreignActions), 0),
  ),
  ...SCENARIOS.filter(({ name }) => /^(batch-resized|abandoned|denied-|dead-)/.test(name)).map(
    (each) => bounded(each, Math.min(1, each.foreignActions), each.movers.length === 1 ? 1 : 0),
  ),
]);

export function bounded(given: Scenario, foreignActions: number, faults: number): Scenario {
  return {
    ...given,
    foreignActions,
    faults,
    name: given.name.replace(/\d\+\d$/, `${foreignActions}+${faults}`),
  };
}

export function distinct(scenarios: Scenario[]): Scenario[] {
  return scenarios.filter(
    ({ name }, index) => scenarios.findIndex((each) => each.name === name) === index,
  );
}
