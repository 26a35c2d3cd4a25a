/** Athena's column `"$path"` says which object a row is from. */
const RUN = 'regexp_extract("$path", \'/run=([^/]+)/\', 1)';

/** Tells versions of one object apart, in the ledger of a verification only: it alone has parts. */
const VERSION = 'CASE WHEN part IS NOT NULL THEN destination || etag END';

const MONTH_START = "substr(cast(current_date AS varchar), 1, 8) || '01'";

/**
 * The lines that count: of two lines of an object in a run, the younger. A verification has one for
 * each version of an object.
 */
function selectCountingLines(table: string, days = ''): string {
  return `SELECT * FROM (
  SELECT *, ${RUN} AS run, row_number() OVER (PARTITION BY ${RUN}, day, key, part, ${VERSION} ORDER BY "at" DESC) AS age
  FROM ${table}${
    days &&
    `
  WHERE ${days}`
  }
) WHERE age = 1`;
}

export interface Queries {
  readonly [id: string]: {
    readonly name: string;
    readonly description: string;
    readonly sql: (table: string) => string;
  };
}

/** By construct id, in SQL that a test can run, too. */
export const QUERIES: Queries = {
  WhereIsKey: {
    name: 'where did a key go',
    description:
      'Put the key of the object at the source into the second line. Days before and after make ' +
      'the query faster.',
    sql: (
      table,
    ) => `SELECT day, ${RUN} AS run, status, destination, member, code, message, archivedetag, archivedversionid, size
FROM ${table} WHERE key = 'incoming/orders-2026-11-24.csv'
ORDER BY day, run, "at"`,
  },
  FailedThisMonth: {
    name: 'what failed this month',
    description: 'Objects that runs of this month selected and did not move, with the reason.',
    sql: (table) => `SELECT day, run, status, code, key, message
FROM (${selectCountingLines(table, `day >= ${MONTH_START}`)})
WHERE status IN ('failed', 'conflicting')
ORDER BY day, code, key`,
  },
  BytesByDay: {
    name: 'bytes by day',
    description:
      'Objects and bytes that were archived, by the day of the objects. What several runs found ' +
      'in the archive counts once.',
    sql: (table) => `SELECT object_day, count(*) AS objects, sum(size) AS bytes
FROM (SELECT max(object_day) AS object_day, max(size) AS size FROM (${selectCountingLines(table)}) WHERE status = 'archived' GROUP BY destination, member.name)
GROUP BY object_day
ORDER BY object_day`,
  },
  Unaccounted: {
    name: 'what is unaccounted for',
    description: 'Archived objects that a verification found changed, missing or could not prove.',
    sql: (table) => `SELECT day, run, status, destination, key, archivedetag, size
FROM (${selectCountingLines(table)})
WHERE status IN ('changed', 'missing', 'unproven')
ORDER BY day, run, destination`,
  },
};

export const PACK_QUERIES: Queries = {
  FindPackOfKey: {
    name: 'which pack has a key',
    description:
      'Put the key of the object at the source into the last line but one. Days make the query ' +
      'faster. It says which bytes of which pack are the object.',
    sql: (
      table,
    ) => `SELECT day, pack, name, "offset" AS first_byte, "offset" + size - 1 AS last_byte, size, sha256, etag, lastmodified, packsize
FROM ${table}
WHERE key = 'incoming/orders-2026-11-24.csv'
ORDER BY day, lastmodified, pack`,
  },
};
