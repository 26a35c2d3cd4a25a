/**
 * Orders the props of S3DatedArchiverProps in API.md as in the source, with a row for each topic:
 *
 *   npx tsx scripts/docs/order-api.ts
 *
 * jsii-docgen sorts them alphabetically. `npx projen docgen` runs this script after it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import * as path from 'node:path';

const ROOT = path.resolve(__dirname, '../..');
const STRUCT = 'S3DatedArchiverProps';

export interface Topic {
  readonly title: string;
  readonly props: readonly string[];
}

/** Reads the props of an interface and the comments `// --- Topic ---` above them. */
export function readTopics(source: string): Topic[] {
  const topics: { title: string; props: string[] }[] = [];
  for (const [, title, prop] of source.matchAll(
    /^ {2}(?:\/\/ --- (.+) ---|readonly (\w+)\??:)/gm,
  )) {
    if (title !== undefined) {
      topics.push({ title, props: [] });
    } else {
      topics[topics.length - 1].props.push(prop!);
    }
  }
  return topics;
}

/** Orders the table and the descriptions of the struct's props in the API reference. */
export function orderApi(api: string, topics: readonly Topic[]): string {
  const struct = new RegExp(`^### ${STRUCT} .*?(?=^###? )`, 'ms').exec(api)?.[0];
  if (!struct) {
    throw new Error(`API.md has no struct ${STRUCT}: run npx projen docgen`);
  }
  const [, intro, header, table, descriptions] =
    /^(.*?)(\| \*\*Name\*\* [^\n]*\n[^\n]*\n)((?:\|[^\n]*\n)+)\n---\n\n(.*)$/s.exec(struct)!;

  const rows = byProp(table.split('\n'), /\.property\.(\w+)"/);
  const texts = byProp(descriptions.split(/^(?=##### )/m), /^##### `(\w+)`/);
  const props = topics.flatMap((topic) => topic.props);
  for (const prop of new Set([...props, ...rows.keys()])) {
    if (!(props.includes(prop) && rows.has(prop) && texts.has(prop))) {
      throw new Error(
        `${prop} is not both in API.md and in the source: run npx projen compile, then npx ` +
          'projen docgen',
      );
    }
  }

  const orderedRows = topics.flatMap(({ title, props: own }) => [
    `| **${title}** | | |`,
    ...own.map((prop) => rows.get(prop)!),
  ]);
  const ordered = `${intro}${header}${orderedRows.join('\n')}\n\n---\n\n${props.map((prop) => texts.get(prop)!).join('')}`;
  return api.replace(struct, () => ordered);
}

/** Indexes parts of the document by the prop that they describe. Other parts are left out. */
function byProp(parts: readonly string[], name: RegExp): Map<string, string> {
  const map = new Map<string, string>();
  for (const part of parts) {
    const prop = name.exec(part)?.[1];
    if (prop !== undefined) {
      map.set(prop, part);
    }
  }
  return map;
}

if (require.main === module) {
  const file = path.join(ROOT, 'API.md');
  const topics = readTopics(
    readFileSync(path.join(ROOT, 'src/s3-dated-archiver-props.ts'), 'utf8'),
  );
  writeFileSync(file, orderApi(readFileSync(file, 'utf8'), topics));
}
