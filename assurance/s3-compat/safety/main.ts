/**
 * This command checks the promises against S3 servers that are not ours, and against ours in the
 * same way. docs/results/s3-servers.md lists the commands.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { S3Client } from '@aws-sdk/client-s3';
import type { Archiver } from './archiver';
import { readResults, scenarioResult, type ServerResult, writeResults } from './results';
import { type Scenario, ScenarioContext, type ServerUnderTest } from './scenario-context';
import { SCENARIOS } from './scenarios';
import { describeFeature, FEATURES, findSupportedFeatures } from './server-features';
import { renderPage } from './table';
import { CONTENDERS } from '../../../packages/s3-double/test/conformance/servers';
import {
  NotInstalled,
  type Server,
} from '../../../packages/s3-double/test/conformance/servers/server';
import { listSelectively } from '../../../test/helpers/default-listing';

const PAGE = join(__dirname, '../../../docs/results/s3-servers.md');
/** This server needs system packages. */
const BESIDE = 'Ceph';

async function main(): Promise<void> {
  // The SDK prints a notice about the age of this Node version. The notice would appear among the
  // results.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
  const { values } = parseArgs({
    options: {
      server: { type: 'string', multiple: true },
      only: { type: 'string' },
      all: { type: 'boolean' },
      write: { type: 'boolean' },
      selective: { type: 'boolean' },
    },
  });
  // The page has the results of the default, in which the map lists.
  if (values.selective && values.write) {
    throw new Error('--selective and --write exclude each other');
  }
  if (values.selective) {
    listSelectively();
  }
  const {
    server: names = CONTENDERS.map(({ name }) => name).filter(
      (name) => values.all || name !== BESIDE,
    ),
    only = '',
  } = values;
  const unknown = names.filter((name) => !CONTENDERS.some((contender) => contender.name === name));
  if (unknown.length > 0) {
    throw new Error(
      `--server is ${unknown.join(', ')}, but must be one of ` +
        `${CONTENDERS.map(({ name }) => name).join(', ')}`,
    );
  }

  const results = readResults();
  let failed = 0;
  let passed = 0;
  for (const { name, start } of CONTENDERS.filter((contender) => names.includes(contender.name))) {
    const server = await start().catch((error: Error) => {
      if (!(error instanceof NotInstalled)) {
        throw error;
      }
      console.log(`${name}: not run. ${error.message}`);
      return undefined;
    });
    if (!server) {
      continue;
    }
    try {
      results[name] = await runAll(name, server, only);
    } finally {
      await server.stop();
    }
    const scenarios = Object.values(results[name].scenarios);
    failed += scenarios.reduce((sum, result) => sum + result.failed.length, 0);
    passed += scenarios.reduce((sum, result) => sum + result.passed, 0);
  }
  if (values.write && only === '') {
    writeResults(results);
    const titles = Object.fromEntries(
      Object.entries(SCENARIOS).map(([group, scenarios]) => [group, Object.keys(scenarios)]),
    );
    writeFileSync(
      PAGE,
      renderPage(
        results,
        titles,
        Object.fromEntries(CONTENDERS.map(({ name, about }) => [name, about])),
      ),
    );
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed > 0 ? 1 : 0;
}

async function runAll(
  name: string,
  { endpoint, credentials, version }: Server,
  only: string,
): Promise<ServerResult> {
  const began = Date.now();
  // The sandbox's functions use the credentials of its caller.
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId;
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey;
  const config = {
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials,
    maxAttempts: 5,
  };
  const supports = await findSupportedFeatures(new S3Client(config));
  // A server may not keep the type and the value of a checksum in a multipart copy. For a
  // server without this feature, the client sends no optional checksums. Otherwise the checksums of
  // the parts would be all that an object copied in parts shows.
  const s3 = new S3Client({
    ...config,
    requestChecksumCalculation: supports.has('partsChecksum') ? 'WHEN_SUPPORTED' : 'WHEN_REQUIRED',
  });
  const lacks = FEATURES.filter((feature) => !supports.has(feature));
  lacks.forEach((feature) => console.log(`${name}: lacks: ${describeFeature(feature)}`));

  const archivers = new Map<string, Archiver>();
  const scenarios: ServerResult['scenarios'] = {};
  try {
    for (const [title, scenario] of Object.values(SCENARIOS).flatMap((group) =>
      Object.entries(group),
    )) {
      if (!title.includes(only)) {
        continue;
      }
      const started = Date.now();
      const result = scenarioResult(
        await checksOf(scenario, { endpoint, s3, supports }, archivers),
      );
      scenarios[title] = result;
      const word =
        result.failed.length > 0 ? 'FAILED' : result.void.length > 0 ? 'void  ' : 'passed';
      console.log(
        `${name}: ${word} ${title}: ${result.passed} passed, ${result.void.length} void, ` +
          `${((Date.now() - started) / 1000).toFixed(1)} s`,
      );
      result.void.forEach(({ what, lacks: missing }) =>
        console.log(
          `    void: ${what}, since this server does not do: ` +
            `${missing.map(describeFeature).join('; ')}`,
        ),
      );
      result.failed.forEach((failure) => console.log(`    FAILED: ${failure.slice(0, 1_000)}`));
    }
  } finally {
    for (const archiver of archivers.values()) {
      await archiver.close();
    }
    s3.destroy();
  }
  console.log(`${name} ${version}: ${Math.round((Date.now() - began) / 1000)} s`);
  return { version, lacks, scenarios };
}

async function checksOf(
  scenario: Scenario,
  server: ServerUnderTest,
  archivers: Map<string, Archiver>,
) {
  const context = new ScenarioContext(server, archivers);
  // Everything that a scenario does outside its checks must work on every server.
  await scenario(context).catch(async (error: Error) =>
    context.check('the scenario runs', () => {
      throw error;
    }),
  );
  return context.checks;
}

main().catch((error) => {
  console.error(error);
  console.log('0 passed, 1 failed');
  process.exitCode = 1;
});
