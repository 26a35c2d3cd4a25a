/**
 * A note is a row of a table. Each row is followed here from where it is set to all that tells it.
 */
import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { findNote, NOTE_NAMES, type NoteName, NOTES } from '../../../../src/contract/notes';
import { Progress } from '../../../../src/contract/payloads/batch-payloads';
import { LedgerLine } from '../../../../src/contract/payloads/ledger-line';
import { withNote } from '../../../../src/contract/payloads/note-payloads';
import { RunSummary } from '../../../../src/contract/payloads/report-payloads';
import { toTextMessage } from '../../../../src/lambda/alerts/alert';
import { BatchOutcomes, type Outcome } from '../../../../src/lambda/batch/batch-outcomes';
import { Tally } from '../../../../src/lambda/ledger/tally';
import { countNotes, mergeNotes } from '../../../../src/lambda/notes/note-counts';
import {
  countLeft,
  describeNotes,
  explainNothingElse,
  listNoteMetrics,
  listAttention,
} from '../../../../src/lambda/notes/note-text';
import { EarlierReport } from '../../../../src/lambda/plan/earlier-reports';
import { initialProgress } from '../../../../src/lambda/plan-run/plan-run';
import { createReport } from '../../../../src/lambda/report-run/report/report';
import { createRunAlert } from '../../../../src/lambda/report-run/report/run-message';
import { renderRunPage } from '../../../../src/lambda/report-run/report/run-page';
import { viewRun } from '../../../../src/lambda/report-run/report/run-view';
import { factsOf, ledgerLine, listed } from '../../../helpers/report-fixtures';
import { lineErrors, schemaErrors } from '../../../helpers/report-schema';
import { noted, skippedObjects } from '../../../helpers/skipped-objects';

const written = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** A batch of these objects, each with an outcome and with what a stage has noted of it. */
function outcomesOf(...results: (Outcome | undefined)[]): BatchOutcomes {
  const items = results.map((_, index) => listed(`incoming/${index}`));
  const outcomes = new BatchOutcomes(items, initialProgress(), { runStart: 0 });
  results.forEach((outcome, index) => {
    outcomes.setDay(index, '2026-11-24');
    if (outcome) {
      outcomes.set(index, outcome);
    }
  });
  return outcomes;
}

const moved = { status: 'archived', destination: 'archive/x', etag: '"e"', size: 1 } as const;
const failed = {
  status: 'failed',
  destination: 'archive/x',
  code: 'ACCESS_DENIED',
  message: 'no',
} as Outcome;

describe.each(NOTE_NAMES)('%s', (name) => {
  const note = findNote(name)!;
  const [reason] = Object.keys(note.reasons);
  const line = {
    ...ledgerLine('a', 'archived'),
    notes: withNote(undefined, name as 'gone', reason as 'REMOVED'),
  };

  test('a line, a digest and a report with it conform to their schemas', () => {
    expect([v.parse(LedgerLine, line), lineErrors(written(line))]).toEqual([line, []]);
    const tally = new Tally();
    tally.add(line);
    const read = new Tally();
    const counts = { archived: 1, conflicting: 0, failed: 0 };
    read.addDigest(tally.toDigest([]), counts, 100);
    const sum = new Tally();
    sum.merge(tally);
    sum.merge(read);
    expect(sum.notes).toEqual(noted(name, 2, ['a', 'a']));
    const report = createReport(factsOf({ lines: [line] }));
    expect(report.notes).toEqual(noted(name, 1, ['a']));
    expect(schemaErrors(written(report))).toEqual([]);
  });

  test('message, page and summary have its words, in a dry run those of a dry run', () => {
    for (const dryRun of [false, true]) {
      for (const count of [1, 1_200]) {
        const skipped = skippedObjects({ notes: noted(name, count) });
        const report = createReport(factsOf({ run: { dryRun }, skipped: count }, { skipped }));
        const found = count === 1 ? note.one : note.many;
        const words = `${count === 1 ? '1 object' : '1,200 objects'} ${dryRun ? (note.planned ?? found) : found}.`;
        const [text] = describeNotes(report.notes, dryRun);
        expect(text.startsWith(words)).toBe(true);
        const isOnly = Object.keys(note.reasons).length === 1;
        expect(text.includes(` Why: ${note.reasons[reason]}.`)).toBe(!isOnly);
        expect(text).toContain(` ${note.advice} For example: in/a.`);
        const alert = toTextMessage(createRunAlert(viewRun(report), 'report.json'));
        expect(alert).toContain(`\n${text}\n`);
        expect(renderRunPage(viewRun(report))).toContain(`<p>${text}</p>`);
        expect(alert.includes(`${note.label}: `)).toBe(
          note.skipped !== undefined || note.failed === true,
        );
      }
    }
  });

  test('its words are sentences, and the documents have a row for it', () => {
    for (const words of [note.one, note.many, note.planned ?? note.one]) {
      expect(words).toMatch(/^[a-z].*[^.]$/);
    }
    expect(note.advice).toMatch(/^[A-Z].*\.$/);
    expect(Object.keys(note.reasons).length).toBeGreaterThan(0);
    const rows = readFileSync('docs/report.md', 'utf8').split('\n');
    const row = rows.find((each) => each.startsWith(`| \`${name}\` |`));
    for (const code of Object.keys(note.reasons)) {
      expect(row).toContain(`\`${code}\``);
    }
    expect(row?.includes('PROBLEMS')).toBe(note.attention.length > 0);
    expect(Object.keys(note.reasons)).toEqual(expect.arrayContaining([...note.attention]));
    expect(row?.includes(note.metric ?? 'Objects')).toBe(note.metric !== undefined);
  });
});

test('several reasons of a note are told, the most frequent first, and unknown ones by their code', () => {
  const notes = {
    notPacked: {
      count: 1_012,
      reasons: { TAGS_UNREADABLE: 10, INDEX_FULL: 1_000, NEW: 2 },
      examples: ['a'],
    },
  };
  expect(describeNotes(notes, false)).toEqual([
    '1,012 objects were selected for packs, and moved one by one instead. Why: the headers of the ' +
      'objects are too long for the index of a pack (1,000), the tags of the object could not be ' +
      'read (10), NEW (2). ' +
      `${NOTES.notPacked.advice} For example: a.`,
  ]);
});

test('a note of another version, or without words, is kept in the report, and not told', () => {
  const notes = { later: { count: 1, reasons: { NEW: 1 }, examples: ['a'] } };
  expect(createReport(factsOf({}, { notes })).notes).toEqual(notes);
  for (const name of ['later', 'constructor', 'toString']) {
    expect(findNote(name)).toBeUndefined();
    expect(describeNotes({ [name]: notes.later }, false)).toEqual([]);
  }
  expect([listAttention(notes, false), countLeft(notes), explainNothingElse(notes)]).toEqual([
    [],
    0,
    undefined,
  ]);
  expect(listAttention(undefined, false)).toEqual([]);
});

test('a count names an object of each producer', () => {
  const total = {};
  for (const key of ['erp/1', 'erp/2', 'erp/3', 'erp/4', 'log/1']) {
    countNotes(total, { gone: 'REMOVED' }, key);
  }
  countNotes(total, undefined, 'x');
  const expected = noted('gone', 5, ['erp/1', 'log/1', 'erp/3']);
  expect(total).toEqual(expected);
  const sum = {};
  mergeNotes(sum, expected);
  mergeNotes(sum, { gone: { count: 1, reasons: { REWRITTEN: 1 }, examples: ['hr/1'] } });
  expect(sum).toEqual({
    gone: {
      count: 6,
      reasons: { REMOVED: 5, REWRITTEN: 1 },
      examples: ['erp/1', 'log/1', 'hr/1'],
    },
  });
  expect(total).toEqual(expected);
});

describe('what a stage notes of an object', () => {
  test('stands on its line, if it is archived', () => {
    const outcomes = outcomesOf(undefined, moved);
    outcomes.note(0, 'notPacked', 'INDEX_FULL');
    outcomes.set(0, moved);
    outcomes.note(1, 'notPacked', 'TOO_FEW');
    outcomes.note(1, 'notRetained', 'ENDED');
    const lines = [0, 1].map((index) => outcomes.toLedgerLine(index, 1)!);
    expect(lines.map(({ notes }) => notes)).toEqual([
      { notPacked: 'INDEX_FULL' },
      { notPacked: 'TOO_FEW', notRetained: 'ENDED' },
    ]);
    expect(lines.flatMap((line) => lineErrors(written(line)))).toEqual([]);
    expect(outcomes.toProgress(2, lines).skipped.notes).toEqual({});
  });

  test('changes a line that was made before', () => {
    const outcomes = outcomesOf(moved);
    expect(outcomes.toLedgerLine(0, 1)).not.toHaveProperty('notes');
    outcomes.note(0, 'notPacked', 'TOO_FEW');
    expect(outcomes.toLedgerLine(0, 1)?.notes).toEqual({ notPacked: 'TOO_FEW' });
  });

  test('says nothing of an object that was not moved after all', () => {
    const outcomes = outcomesOf(failed, { status: 'source-gone' });
    outcomes.note(0, 'notPacked', 'INDEX_FULL');
    outcomes.note(1, 'notPacked', 'NOT_READ');
    const lines = [outcomes.toLedgerLine(0, 1)!];
    expect(lines[0]).not.toHaveProperty('notes');
    const progress = outcomes.toProgress(2, lines);
    expect(progress).toMatchObject({ counts: { failed: 1, skipped: 1 } });
    expect(progress.skipped.notes).toEqual(noted('gone', 1, ['incoming/1']));
  });

  test('an outcome may bring it, in place of what its status says', () => {
    const notes = withNote(undefined, 'restoreLimit', 'MAX_SIZE');
    const restoring = { status: 'restoring', destination: 'archive/x' } as const;
    const outcomes = outcomesOf(
      { ...restoring, requests: {}, notes },
      { ...restoring, requests: {} },
      { ...restoring, requests: { 'HeadObject@GLACIER': 1, 'RestoreObject@GLACIER/Bulk': 1 } },
    );
    const lines = [0, 1, 2].map((index) => outcomes.toLedgerLine(index, 1)!);
    expect(lines.map((line) => line.notes)).toEqual([
      { restoreLimit: 'MAX_SIZE' },
      { restoring: 'ONGOING' },
      { restoring: 'REQUESTED' },
    ]);
    expect(outcomes.toProgress(3, lines)).toMatchObject({
      counts: { skipped: 3 },
      skipped: {
        notes: {
          restoreLimit: { count: 1, reasons: { MAX_SIZE: 1 }, examples: ['incoming/0'] },
          restoring: { count: 2, reasons: { ONGOING: 1, REQUESTED: 1 } },
        },
      },
    });
    // They are counted with the skipped objects, and not again with the lines.
    const tally = new Tally();
    lines.forEach((line) => tally.add(line));
    expect(tally.notes).toEqual({});
  });
});

test('what was gone, or rewritten and not selected any more, is counted as what it is', () => {
  const outcomes = outcomesOf({ status: 'source-gone' }, { status: 'deselected' }, moved);
  const progress = outcomes.toProgress(3, [outcomes.toLedgerLine(2, 1)!]);
  expect(progress.counts).toMatchObject({ listed: 3, archived: 1, skipped: 2 });
  expect(progress.skipped.notes).toEqual({
    gone: {
      count: 2,
      reasons: { REMOVED: 1, REWRITTEN: 1 },
      examples: ['incoming/0', 'incoming/1'],
    },
  });
  // The next round begins behind it, and counts it no second time.
  const before = { ...initialProgress(), ...progress };
  expect(new BatchOutcomes([], before, { runStart: 0 }).toProgress(3, []).skipped).toEqual(
    progress.skipped,
  );
});

function messageOf(name: NoteName, archived = 0, run = {}) {
  const lines = Array.from({ length: archived }, (_, i) => ledgerLine(`${i}`, 'archived'));
  const skipped = skippedObjects({ notes: noted(name, 120) });
  const outcome = NOTES[name].attention.length > 0 ? 'PROBLEMS' : 'CLEAN';
  const facts = factsOf({ lines, run, skipped: 120 }, { skipped, outcome });
  const { subject, ...alert } = createRunAlert(viewRun(createReport(facts)), 'report.json');
  return { subject, text: toTextMessage({ subject, ...alert }) };
}

test('a run that came too late does not say that it found no objects of other dates only', () => {
  const { subject, text } = messageOf('gone');
  expect(subject).toBe('Archive OK, 0 objects: 2026-11-24 (Demo/Archiver)');
  expect(text).toMatch(
    /^Demo\/Archiver: archived nothing: the objects for these days were gone when this run came to them\.\n120 objects were gone/,
  );
  expect(text).toContain('gone before this run came to them: 120');
  expect(text).not.toContain('found no objects');
  expect(messageOf('gone', 5).text).toContain('archived all 5 objects for these days.');
  expect(messageOf('restoreLimit', 5).text).toContain('archived 5 of 125 objects for these days.');
  expect(messageOf('notPacked', 5).text).toContain('archived all 5 objects for these days.');
});

test('a message that is sent for a note alone says so in its subject, and what to do', () => {
  const packed = messageOf('notPacked', 120);
  expect(packed.subject).toBe(
    'Archive OK, 120 objects, 120 not packed: 2026-11-24 (Demo/Archiver)',
  );
  expect(packed.text).not.toMatch(/Next: |No object was lost|Incomplete/);
  const limited = messageOf('restoreLimit', 5);
  expect(limited.subject).toBe(
    'Archive incomplete, 120 beyond the limit of restores: 2026-11-24 (Demo/Archiver)',
  );
  expect(limited.text).toContain(
    'Next: run the same days again, which continues with the objects that are left:\naws stepfunctions',
  );
  expect(messageOf('restoreLimit', 5, { dryRun: true }).subject).toBe(
    'Dry run, would be incomplete, 120 beyond the limit of restores: 2026-11-24 (Demo/Archiver)',
  );
});

test('a message is made for the reasons that an owner can do something about', () => {
  const notes = (reasons: Record<string, number>) => ({
    notPacked: { count: 7, reasons, examples: [] },
  });
  expect(listAttention(notes({ NOT_KEPT: 5, TOO_FEW: 2 }), false)).toEqual([]);
  expect(listAttention(notes({ NOT_KEPT: 5, TAGS_UNREADABLE: 2 }), false)).toMatchObject([
    { summary: '7 not packed' },
  ]);
});

test('only what an owner should act on has a metric, or makes a message', () => {
  const all = NOTE_NAMES.map((name) => noted(name, 3));
  expect(all.flatMap(listNoteMetrics)).toEqual([['ObjectsNotPacked', 3]]);
  expect(NOTE_NAMES.filter((_, index) => listAttention(all[index], false).length > 0)).toEqual([
    'notPacked',
    'restoreLimit',
    'ownIndex',
  ]);
});

test('what an earlier version wrote, without notes, can be read', () => {
  const { skipped, ...progress } = initialProgress();
  const { notes: _, ...before } = skipped;
  const read = v.parse(Progress, { ...progress, skipped: before });
  expect(read.skipped.notes).toEqual({});
  // The arrivals of earlier runs are read from their reports.
  const { notes: __, ...earlier } = createReport(factsOf({}, { notes: noted('gone', 1) }));
  for (const report of [earlier, { ...earlier, notes: noted('gone', 1) }]) {
    expect(v.is(EarlierReport, written(report))).toBe(true);
  }
  expect(RunSummary.entries.notes.type).toBe('optional');
});
