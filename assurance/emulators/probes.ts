/** What an emulator is asked. */

export interface Outcome {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: string;
  readonly cause?: string;
}

/** An emulator with a bucket of objects, a function, and a bucket for results. */
export interface World {
  /** Why the function could not be created. */
  readonly functionError?: string;
  /** Creates a state machine, starts it, and waits for the end of the execution. */
  readonly run: (definition: object) => Promise<Outcome>;
  readonly resultFiles: (prefix: string) => Promise<string[]>;
}

export interface Probe {
  readonly name: string;
  readonly ask: (world: World) => Promise<string>;
}

const READER = {
  Resource: 'arn:aws:states:::s3:listObjectsV2',
  Parameters: { Bucket: 'source', Prefix: 'five/' },
};
const PASS = { StartAt: 'Pass', States: { Pass: { Type: 'Pass', End: true } } };
const FAIL = {
  StartAt: 'Fail',
  States: { Fail: { Type: 'Fail', Error: 'OnPurpose', Cause: 'on purpose' } },
};
const INVOKE = {
  StartAt: 'Invoke',
  States: {
    Invoke: {
      Type: 'Task',
      Resource: 'arn:aws:states:::lambda:invoke',
      Parameters: { FunctionName: 'batch', 'Payload.$': '$' },
      OutputPath: '$.Payload',
      End: true,
    },
  },
};

/** A state machine with one Distributed Map. */
function map(more: object = {}, processor: object = PASS): object {
  return {
    StartAt: 'Map',
    States: {
      Map: {
        Type: 'Map',
        End: true,
        ItemReader: READER,
        ItemProcessor: {
          ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
          ...processor,
        },
        ...more,
      },
    },
  };
}

const readerOf = (Prefix: string) => ({
  ItemReader: { ...READER, Parameters: { ...READER.Parameters, Prefix } },
});
const BATCHES = { ItemBatcher: { MaxItemsPerBatch: 2 } };

const told = ({ status, error, cause }: Outcome) =>
  [status, error, cause?.replace(/\s+/g, ' ').slice(0, 120)].filter(Boolean).join(', ');

/** The children's outputs, or what came in their place. */
function children(outcome: Outcome, read: (outputs: readonly unknown[]) => string): string {
  return outcome.status === 'SUCCEEDED' && Array.isArray(outcome.output)
    ? `${outcome.status}, ${read(outcome.output as unknown[])}`
    : told(outcome);
}

export const PROBES: readonly Probe[] = [
  {
    name: 'listing reader: an item for each object, five here',
    ask: async ({ run }) =>
      children(
        await run(map()),
        (items) => `${items.length} items with ${Object.keys(items[0] ?? {}).join(', ')}`,
      ),
  },
  {
    name: 'the pages of a listing: 1,001 objects',
    ask: async ({ run }) =>
      children(
        await run(
          map({ ...readerOf('many/'), ItemSelector: { 'Key.$': '$$.Map.Item.Value.Key' } }),
        ),
        (items) => `${items.length} items`,
      ),
  },
  {
    name: 'a listing of nothing',
    ask: async ({ run }) =>
      children(await run(map(readerOf('none/'))), (items) => `${items.length} items`),
  },
  {
    name: 'ItemBatcher: batches of two, so 2, 2, 1',
    ask: async ({ run }) =>
      children(await run(map(BATCHES)), (outputs) =>
        outputs
          .map((each) => (each as { Items?: unknown[] }).Items?.length ?? 'no Items')
          .join(', '),
      ),
  },
  {
    name: 'a child that fails, tolerance 0: the map fails',
    ask: async ({ run }) => told(await run(map({}, FAIL))),
  },
  {
    name: 'ToleratedFailurePercentage 100: the map succeeds',
    ask: async ({ run }) => told(await run(map({ ToleratedFailurePercentage: 100 }, FAIL))),
  },
  {
    name: 'ResultWriter: a manifest and files',
    ask: async ({ run, resultFiles }) => {
      const outcome = await run(
        map({
          ResultWriter: {
            Resource: 'arn:aws:states:::s3:putObject',
            Parameters: { Bucket: 'results', Prefix: 'written' },
          },
        }),
      );
      const files = (await resultFiles('written')).map((key) => key.split('/').pop());
      return `${told(outcome)}; ${files.length > 0 ? files.sort().join(', ') : 'no files'}`;
    },
  },
  {
    name: 'Lambda: the function gets the batch',
    ask: async ({ run, functionError }) =>
      functionError
        ? `no function: ${functionError}`
        : children(await run(map(BATCHES, INVOKE)), (outputs) => JSON.stringify(outputs)),
  },
  {
    name: 'Lambda: an error of the function fails the map',
    ask: async ({ run, functionError }) =>
      functionError
        ? `no function: ${functionError}`
        : told(await run(map({ ...readerOf('bad/'), ...BATCHES }, INVOKE))),
  },
];
