/** Slips in the sandbox's command, which tells them in the terminal. */
export interface CommandSlip {
  readonly slip: string;
  /** In a folder with `cdk.out`, an app of two archivers, and `data` with objects. */
  readonly argv: readonly string[];
  readonly correction: RegExp;
}

const slip = (name: string, argv: string, correction: RegExp): CommandSlip => ({
  slip: name,
  argv: argv.split(' '),
  correction,
});

const ONE = '--app cdk.out --stack Slips/One';

export const COMMAND_SLIPS: readonly CommandSlip[] = [
  slip('an app that is not synthesized', '--app nothing', /cdk synth/),
  slip('a folder without an app', '--app data', /cdk\.out/),
  slip('two archivers', '--app cdk.out', /--stack[^]*Slips\/One/),
  slip('a misspelled stack', '--app cdk.out --stack Slip', /Slips\/One/),
  slip('a misspelled flag', `${ONE} --dryrun`, /--dry-run/),
  slip('a day in the order of Europe on a flag', `${ONE} --date 24.11.2026`, /2026-11-24/),
  slip(
    'an input without its quotes',
    `${ONE} --input {date:2026-11-24}`,
    /'{"date":"2026-11-24"}'/,
  ),
  slip('a time without its zone', `${ONE} --now 2026-11-25T01:00:00`, /2026-11-24T16:00:00Z/),
  slip('a folder of objects that is missing', `${ONE} --fill objects`, /no such directory/),
  slip(
    'names that the format does not read',
    `${ONE} --fill data --date 2026-11-24 --dry-run`,
    /DateSource\.objectName\(.yyyyMMdd.\)/,
  ),
];
