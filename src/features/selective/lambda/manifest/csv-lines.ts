import { CsvError, parse } from 'csv-parse/sync';
import { type FilePlace, manifestError } from './manifest-error';
import { type Field, type Fields, toField } from './parse-line';
import type { Records } from './split-records';

/** The field that each column has. `false`: it has no meaning. */
export type Columns = readonly (Field | false)[];

/**
 * The columns that a manifest of a person or a query may have. The others are those of an
 * inventory.
 */
const CSV_FIELDS: readonly Field[] = ['key', 'etag', 'size', 'date', 'lastmodified'];

/**
 * Either line break of RFC 4180, in each line. Otherwise the first record of a piece decides for
 * all others.
 */
const LINES = { record_delimiter: ['\n', '\r\n'], skip_empty_lines: true };

export function readHeader(file: FilePlace, { text }: Pick<Records, 'text'>): Columns {
  const [names = []] = parseRecords<string[]>(file, { text, line: 1 }, {});
  if (names.some((name) => name.includes('\r'))) {
    throw manifestError(
      file,
      'its lines end with a carriage return alone, so that all of it is one line: end them with ' +
        "a line feed, for example with tr '\\r' '\\n'",
      1,
    );
  }
  const columns = names.map((name) => toField(name, CSV_FIELDS) ?? false);
  if (!columns.includes('key')) {
    throw manifestError(
      file,
      'it is neither JSON Lines, nor the manifest.json of an S3 Inventory, nor CSV whose first ' +
        'line names the columns, with a column key',
      1,
    );
  }
  const twice = columns.find((column, index) => column && columns.indexOf(column) !== index);
  if (twice) {
    throw manifestError(file, `it has two columns ${twice}`, 1);
  }
  return columns;
}

export function parseCsv(
  file: FilePlace,
  records: Records,
  columns: Columns,
): { fields: Fields[]; lineOf: (index: number) => number } {
  const options = { columns: columns.map((name) => (name === false ? false : { name })) };
  const fields = parseRecords<Fields>(file, records, options);
  return { fields, lineOf: (index) => records.line + countLinesBefore(records.text, index) };
}

/** The parser's own messages quote the file. */
const RULES: { readonly [code: string]: string | undefined } = {
  CSV_RECORD_INCONSISTENT_COLUMNS: 'it has more or fewer fields than the first line has columns',
  CSV_QUOTE_NOT_CLOSED: 'a quote has no end',
  CSV_INVALID_CLOSING_QUOTE: 'something follows the quote that ends a field',
  INVALID_OPENING_QUOTE: 'a quote is inside of a field that does not begin with one',
};

function parseRecords<T>(
  file: FilePlace,
  { text, line }: Pick<Records, 'text' | 'line'>,
  options: object,
): T[] {
  try {
    return parse(text, { ...options, ...LINES, relax_column_count: false }) as unknown as T[];
  } catch (error) {
    if (!(error instanceof CsvError)) {
      throw error;
    }
    const { lines = 1 } = error as { lines?: number };
    throw manifestError(
      file,
      `it is no CSV: ${RULES[error.code] ?? 'it breaks the rules of RFC 4180'}`,
      line + lines - 1,
    );
  }
}

/**
 * Counts the lines before a record. Only an error message needs it, so it parses the piece again.
 */
function countLinesBefore(text: string, index: number): number {
  const options = { ...LINES, info: true, to: index + 1, relax_column_count: true };
  const records = parse(text, options) as unknown as {
    info: { lines: number };
    record: string[];
  }[];
  const { info, record } = records[index];
  return info.lines - record.join('').split('\n').length;
}
