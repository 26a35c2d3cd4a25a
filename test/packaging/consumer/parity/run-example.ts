import type * as Packaged from 'cdk-s3-dated-archiver-sandbox';
import type { ExampleRun } from './example-runs';

/** Runs a synthesized example for one night, and returns each difference from its promise. */
export async function runExample(
  openSandbox: typeof Packaged.openSandbox,
  app: string,
  night: ExampleRun,
): Promise<string[]> {
  const sandbox = await openSandbox({
    app,
    stack: night.stack,
    organizations: night.organizations,
  });
  try {
    const { store } = sandbox.s3!;
    for (const key of Object.keys(night.moves)) {
      store.put(sandbox.sourceBucket, key, `content of ${key}`);
    }
    const { status, cause, counts, alerts } = await sandbox.run(night.run);

    const archived = Object.values(night.moves).filter(
      (destination) => destination !== null,
    ).length;
    const problems = [
      unless('the run', [status, cause], ['SUCCEEDED', null]),
      unless(
        'archived, conflicting, failed',
        [counts?.archived, counts?.conflicting, counts?.failed],
        [archived, 0, 0],
      ),
      unless('messages', alerts.length, night.alerts ?? 0),
      ...Object.entries(night.moves).flatMap(([key, destination]) => [
        unless(
          `${key} at its source`,
          store.get(sandbox.sourceBucket, key) !== undefined,
          destination === null || night.keepsSources === true,
        ),
        ...(destination === null
          ? []
          : [
              unless(destination, describe(store.get(sandbox.destinationBucket, destination)), {
                content: `content of ${key}`,
                storageClass: night.storageClass ?? 'STANDARD',
              }),
            ]),
      ]),
    ].flat();
    if (!night.then) {
      return problems;
    }
    const { status: thenStatus, counts: thenCounts } = await sandbox.run<typeof night.then.counts>(
      night.then.run,
    );
    return [
      ...problems,
      ...unless('the run after it', [thenStatus, thenCounts], ['SUCCEEDED', night.then.counts]),
    ];
  } finally {
    await sandbox.close();
  }
}

function describe(object?: Packaged.StoredObject): object | undefined {
  return (
    object && {
      content: object.body.bytes().toString(),
      storageClass: object.attributes.storageClass,
    }
  );
}

function unless(what: string, found: unknown, expected: unknown): string[] {
  const [is, shouldBe] = [JSON.stringify(found), JSON.stringify(expected)];
  return is === shouldBe ? [] : [`${what}: ${is}, not ${shouldBe}`];
}
