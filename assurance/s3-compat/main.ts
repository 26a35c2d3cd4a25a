/**
 * This command does whole runs against S3 servers other than the sandbox's own, for an app that was
 * synthesized outside this repository.
 *
 * Usage: main.ts SERVER TOKYO_ASSEMBLY NEW_YORK_ASSEMBLY. SERVER is a server of the conformance
 * table.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { Buckets } from './buckets';
import { CASES, type Place } from './cases';
import { describeFeature, FEATURES, findSupportedFeatures } from './safety/server-features';
import { CONTENDERS } from '../../packages/s3-double/test/conformance/servers';

async function main([name, tokyo, newYork]: string[]): Promise<void> {
  const server = await CONTENDERS.find((contender) => contender.name === name)!.start();
  // The sandbox's command uses the credentials of its caller.
  process.env.AWS_ACCESS_KEY_ID = server.credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = server.credentials.secretAccessKey;
  try {
    const buckets = new Buckets(server);
    const place = {
      buckets,
      endpoint: server.endpoint,
      apps: { 'Asia/Tokyo': tokyo, 'America/New_York': newYork },
      logicalIds: logicalIds(tokyo),
    };
    const failed = await runCases(name, place);
    const supported = await findSupportedFeatures(buckets.client);
    FEATURES.filter((feature) => !supported.has(feature)).forEach((feature) =>
      console.log(`${name}: not shown here: that it ${describeFeature(feature)}`),
    );
    console.log(`${Object.keys(CASES).length - failed} passed, ${failed} failed`);
    process.exitCode = failed > 0 ? 1 : 0;
  } finally {
    await server.stop();
  }
}

async function runCases(server: string, place: Place): Promise<number> {
  let failed = 0;
  for (const [name, run] of Object.entries(CASES)) {
    try {
      await run(place);
      console.log(`${server}: ok      ${name}`);
    } catch (error) {
      failed += 1;
      console.log(`${server}: FAILED  ${name}\n${(error as Error).message}`);
    }
  }
  return failed;
}

function logicalIds(assembly: string): Place['logicalIds'] {
  const template = JSON.parse(
    fs.readFileSync(path.join(assembly, 'Archive.template.json'), 'utf8'),
  ) as { Resources: Record<string, { Type: string }> };
  const find = (start: string) =>
    Object.keys(template.Resources).find(
      (id) => id.startsWith(start) && template.Resources[id].Type === 'AWS::S3::Bucket',
    )!;
  return { data: find('Data'), reports: find('Reports') };
}

main(process.argv.slice(2)).catch((error) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
