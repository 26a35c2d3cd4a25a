/** Slips in the input of a run, which the message of the run tells. */
export interface InputSlip {
  readonly slip: string;
  readonly input: object;
  readonly correction: RegExp;
}

const slip = (name: string, input: object, correction: RegExp): InputSlip => ({
  slip: name,
  input,
  correction,
});

export const INPUT_SLIPS: readonly InputSlip[] = [
  slip('a field that does not exist', { dat: '2026-11-24' }, /dat.*date/s),
  slip('a day in the order of Europe', { date: '24-11-2026' }, /2026-11-24/),
  slip('a day that does not exist', { date: '2026-02-30' }, /2026-02-30/),
  slip('days in the wrong order', { from: '2026-11-24', to: '2026-11-20' }, /from.*to/s),
  slip('a day and a range', { date: '2026-11-24', from: '2026-11-20' }, /from/),
  slip('a range without its end', { from: '2026-11-20' }, /to/),
  slip('`dryRun` as a text', { date: '2026-11-24', dryRun: 'true' }, /dryRun.*true/s),
  slip(
    'a restore without `allowRestore`',
    { action: 'restore', date: '2026-11-24' },
    /allowRestore/,
  ),
  slip(
    'a verification of a run that nobody knows',
    { action: 'verify', run: 'nihgtly' },
    /nihgtly/,
  ),
  slip('an action that does not exist', { action: 'archieve' }, /archive/),
];
