/** The props of a construct for what was seen, in two languages. */
import { escapeUnits } from '../../../../src/lambda/text/escape';

export interface ArchiverProps {
  readonly bucket: string;
  readonly prefix: string;
  readonly destinationBucket: string;
  readonly destinationPrefix: string;
  readonly dateSource: {
    readonly kind: 'objectName' | 'objectKey' | 'keyPrefix' | 'lastModified';
    readonly formats: readonly string[];
  };
  /** Folders that are only the date are left out of destinations. */
  readonly dropDateFolders: boolean;
  readonly timeZone?: string;
}

const DEFAULT_FORMATS = 'yyyy-MM-dd';
const DEFAULT_DESTINATION_PREFIX = 'archive/';

/** A text in ASCII, as both languages write it. A prefix may have any character. */
function quote(
  text: string,
  mark: "'" | '"',
  escape: (character: string) => string = escapeUnits,
): string {
  const escaped = text
    .replace(/[\\'"]/g, (character) =>
      character === '\\' || character === mark ? `\\${character}` : character,
    )
    .replace(/[^\x20-\x7e]/gu, escape);
  return `${mark}${escaped}${mark}`;
}

/** Python has no surrogates in texts. */
const escapeForPython = (character: string) =>
  character.length === 1
    ? escapeUnits(character)
    : `\\U${character.codePointAt(0)!.toString(16).padStart(8, '0')}`;

interface Language {
  readonly quote: (text: string) => string;
  readonly bucket: (id: string, name: string) => string;
  readonly dateSource: (kind: ArchiverProps['dateSource']['kind'], formats: string) => string;
  readonly layout: string;
  readonly timeZone: (name: string) => string;
  readonly name: (prop: string) => string;
  readonly render: (props: ReadonlyArray<readonly [name: string, value: string]>) => string;
}

const toSnakeCase = (name: string) =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

const TYPESCRIPT: Language = {
  quote: (text) => quote(text, "'"),
  bucket: (id, name) => `Bucket.fromBucketName(this, '${id}', ${quote(name, "'")})`,
  dateSource: (kind, formats) => `DateSource.${kind}(${formats})`,
  layout: 'ArchiveLayout.daily({ dropDateFolders: true })',
  timeZone: (name) => `TimeZone.of(${quote(name, "'")})`,
  name: (prop) => prop,
  render: (props) =>
    [
      "new S3DatedArchiver(this, 'Archiver', {",
      ...props.map(([name, value]) => `  ${name}: ${value},`),
      '});',
    ].join('\n'),
};

const PYTHON: Language = {
  quote: (text) => quote(text, '"', escapeForPython),
  bucket: (id, name) => `Bucket.from_bucket_name(self, "${id}", ${quote(name, '"')})`,
  dateSource: (kind, formats) => `DateSource.${toSnakeCase(kind)}(${formats})`,
  layout: 'ArchiveLayout.daily(drop_date_folders=True)',
  timeZone: (name) => `TimeZone.of(${quote(name, '"')})`,
  name: toSnakeCase,
  render: (props) =>
    [
      'S3DatedArchiver(',
      '    self,',
      '    "Archiver",',
      ...props.map(([name, value]) => `    ${name}=${value},`),
      ')',
    ].join('\n'),
};

export interface RenderedProps {
  readonly typescript: string;
  readonly python: string;
}

export function renderProps(props: ArchiverProps): RenderedProps {
  return { typescript: render(props, TYPESCRIPT), python: render(props, PYTHON) };
}

function render(props: ArchiverProps, language: Language): string {
  const { dateSource, destinationBucket, destinationPrefix, timeZone } = props;
  const { kind, formats } = dateSource;
  const isDefault = kind === 'objectName' && formats.join() === DEFAULT_FORMATS;
  const lines: Array<readonly [string, string] | false> = [
    ['bucket', language.bucket('Source', props.bucket)],
    props.prefix !== '' && ['prefix', language.quote(props.prefix)],
    destinationBucket !== props.bucket && [
      'destinationBucket',
      language.bucket('Archive', destinationBucket),
    ],
    destinationPrefix !== DEFAULT_DESTINATION_PREFIX && [
      'destinationPrefix',
      language.quote(destinationPrefix),
    ],
    !isDefault && ['dateSource', language.dateSource(kind, formats.map(language.quote).join(', '))],
    props.dropDateFolders && ['layout', language.layout],
    timeZone !== undefined && ['timeZone', language.timeZone(timeZone)],
  ];
  return language.render(
    lines.flatMap((line) => (line ? [[language.name(line[0]), line[1]] as const] : [])),
  );
}
