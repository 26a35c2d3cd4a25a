import * as fs from 'node:fs';
import * as path from 'node:path';

/** Returns the templates of a cloud assembly by file name. */
export function readTemplates(assembly: string): Record<string, unknown> {
  const files = fs
    .readdirSync(assembly)
    .filter((file) => file.endsWith('.template.json'))
    .sort();
  return Object.fromEntries(
    files.map((file) => [
      file,
      normalize(JSON.parse(fs.readFileSync(path.join(assembly, file), 'utf8'))),
    ]),
  );
}

interface Template {
  readonly Resources?: Record<string, { readonly Type?: string; readonly Properties?: object }>;
}

/**
 * Removes the only part that names the language: the data about the app's libraries that CDK sends
 * to AWS. Asset hashes and paths remain, because the wheel has the same bundles.
 */
export function normalize<T extends Template>(template: T): T {
  const resources = Object.entries(template.Resources ?? {}).map(([id, resource]) => [
    id,
    resource.Type === 'AWS::CDK::Metadata' ? { ...resource, Properties: {} } : resource,
  ]);
  return { ...template, Resources: Object.fromEntries(resources) };
}

/**
 * Returns the differences between two JSON values and their places. The list is empty if the values
 * are equal.
 */
export function differences(
  typescript: unknown,
  other: unknown,
  where = '',
  language = 'Python',
): string[] {
  if (
    isContainer(typescript) &&
    isContainer(other) &&
    Array.isArray(typescript) === Array.isArray(other)
  ) {
    const keys = [...new Set([...Object.keys(typescript), ...Object.keys(other)])];
    return keys.flatMap((key) =>
      differences(typescript[key], other[key], `${where}/${key}`, language),
    );
  }
  return typescript === other
    ? []
    : [`${where} is ${shown(typescript)} in TypeScript and ${shown(other)} in ${language}`];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
