import * as fs from 'node:fs';
import * as path from 'node:path';
import { ROOT, runProgram } from '../compliance/programs';

export interface CdkVersion {
  readonly name: 'oldest' | 'development' | 'newest';
  readonly cdk: string;
  readonly constructs: string;
}

interface Manifest {
  readonly peerDependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/**
 * Returns the oldest and the newest version that the package supports, and the version for its
 * development.
 */
export function versionsOfCdk(): CdkVersion[] {
  const { peerDependencies, devDependencies } = JSON.parse(
    fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'),
  ) as Manifest;
  const oldest = (name: string) => peerDependencies[name].replace(/^\^/, '');
  const newest = (name: string) =>
    runProgram('npm', ['view', `${name}@${peerDependencies[name]}`, 'version', '--json'])
      .match(/\d+\.\d+\.\d+(?=")/g)!
      .pop()!;
  return [
    { name: 'oldest', cdk: oldest('aws-cdk-lib'), constructs: oldest('constructs') },
    { name: 'development', cdk: devDependencies['aws-cdk-lib'], constructs: newest('constructs') },
    { name: 'newest', cdk: newest('aws-cdk-lib'), constructs: newest('constructs') },
  ];
}
