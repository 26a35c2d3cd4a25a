import * as fs from 'node:fs';
import * as path from 'node:path';
import type { AssetIndex, Environment, MetadataEntry, Stack, Template } from './template';
import { UsageError } from '../common/errors';

interface Manifest {
  readonly artifacts?: Record<string, Artifact>;
}

interface Artifact {
  readonly type: string;
  readonly environment?: string;
  readonly displayName?: string;
  readonly metadata?: Metadata;
  readonly additionalMetadataFile?: string;
  readonly properties?: {
    readonly templateFile?: string;
    readonly stackName?: string;
    readonly directoryName?: string;
    readonly file?: string;
  };
}

/** By construct path, which begins with a slash. */
type Metadata = Record<string, MetadataEntry[]>;

interface AssetManifest {
  readonly files?: Record<
    string,
    {
      readonly source: { readonly path?: string };
      readonly destinations: Record<string, { readonly objectKey: string }>;
    }
  >;
}

/** The environment of environment-agnostic stacks. */
const DEFAULT_ENVIRONMENT: Environment = {
  account: '123456789012',
  region: 'us-east-1',
  partition: 'aws',
};

/** All stacks of a cloud assembly, including those in the nested assemblies of Stages. */
export function readAssembly(directory: string): Stack[] {
  if (!fs.existsSync(directory)) {
    throw new UsageError(
      `--app ${directory}: no such directory; synthesize the app first (cdk synth) and give its ` +
        'cdk.out',
    );
  }
  if (!fs.existsSync(path.join(directory, 'manifest.json'))) {
    throw new UsageError(
      `--app ${directory}: not a cloud assembly, since it has no manifest.json; give the ` +
        'cdk.out that cdk synth writes',
    );
  }
  const manifest = readJson<Manifest>(path.join(directory, 'manifest.json'));
  const assets = readAssets(directory, manifest);
  const stacks: Stack[] = [];
  for (const [id, artifact] of Object.entries(manifest.artifacts ?? {})) {
    if (artifact.type === 'aws:cloudformation:stack') {
      stacks.push(readStack(directory, id, artifact, assets));
    }
    if (artifact.type === 'cdk:cloud-assembly' && artifact.properties?.directoryName) {
      stacks.push(...readAssembly(path.join(directory, artifact.properties.directoryName)));
    }
  }
  return stacks;
}

export function readTemplate(file: string): Template {
  return readJson<Template>(file);
}

function readStack(directory: string, id: string, artifact: Artifact, assets: AssetIndex): Stack {
  const file = artifact.properties?.templateFile ?? `${id}.template.json`;
  const metadata = readMetadata(directory, artifact);
  return {
    id,
    // The display name is `Stage/Stack (Stage-Stack)` where the two differ.
    path: (artifact.displayName ?? id).replace(/ \(.*\)$/, ''),
    name: artifact.properties?.stackName ?? id,
    environment: parseEnvironment(artifact.environment),
    template: readTemplate(path.join(directory, file)),
    assets,
    constructPaths: readConstructPaths(metadata),
    metadata: Object.values(metadata).flat(),
  };
}

function readMetadata(
  directory: string,
  { metadata = {}, additionalMetadataFile }: Artifact,
): Metadata {
  const more =
    additionalMetadataFile === undefined
      ? {}
      : readJson<Metadata>(path.join(directory, additionalMetadataFile));
  return { ...metadata, ...more };
}

/**
 * The manifest always has the logical ids; templates have construct paths only if the CDK CLI ran
 * the app.
 */
function readConstructPaths(metadata: Metadata): Map<string, string[]> {
  const paths = new Map<string, string[]>();
  for (const [constructPath, entries] of Object.entries(metadata)) {
    for (const { type, data } of entries) {
      if (type === 'aws:cdk:logicalId') {
        paths.set(String(data), [...(paths.get(String(data)) ?? []), constructPath.slice(1)]);
      }
    }
  }
  return paths;
}

function parseEnvironment(environment: string | undefined): Environment {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(environment ?? '') ?? [];
  return {
    account: account && account !== 'unknown-account' ? account : DEFAULT_ENVIRONMENT.account,
    region: region && region !== 'unknown-region' ? region : DEFAULT_ENVIRONMENT.region,
    partition: getPartition(region ?? ''),
  };
}

function getPartition(region: string): string {
  if (region.startsWith('cn-')) {
    return 'aws-cn';
  }
  if (region.startsWith('us-gov-')) {
    return 'aws-us-gov';
  }
  if (region.startsWith('eusc-')) {
    return 'aws-eusc';
  }
  return DEFAULT_ENVIRONMENT.partition;
}

function readAssets(directory: string, manifest: Manifest): AssetIndex {
  const byObjectKey = new Map<string, string>();
  for (const artifact of Object.values(manifest.artifacts ?? {})) {
    if (artifact.type !== 'cdk:asset-manifest' || !artifact.properties?.file) {
      continue;
    }
    const listed = readJson<AssetManifest>(path.join(directory, artifact.properties.file));
    for (const { source, destinations } of Object.values(listed.files ?? {})) {
      if (!source.path) {
        continue;
      }
      for (const { objectKey } of Object.values(destinations)) {
        byObjectKey.set(objectKey, path.resolve(directory, source.path));
      }
    }
  }
  return { directory, byObjectKey };
}

function readJson<T>(file: string): T {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T;
  } catch (error) {
    throw new UsageError(`${file}: cannot be read as JSON: ${(error as Error).message}`);
  }
}
