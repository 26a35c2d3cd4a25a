import { Lazy, Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as sns from 'aws-cdk-lib/aws-sns';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Plan } from '../../contract/payloads/batch-payloads';
import type { PlannedPart } from '../../contract/payloads/listing';
import type { ReportRunEvent } from '../../contract/payloads/report-payloads';
import type { Functions } from '../functions/functions';
import type { Place } from '../places/place';
import { createListStatement, createStatement, getPlanArn, getRunArns } from '../places/statements';
import type { Settings } from '../props/settings';

export interface DefinitionProps {
  readonly settings: Settings;
  readonly reports: Place;
  readonly functions: Functions;
  readonly alertTopic: sns.ITopic;
  readonly chatTopic?: sns.ITopic;
}

/**
 * The size of a batch's items. A state has at most 256 KiB, and counts, cursor and problems must
 * fit as well.
 */
const MAX_INPUT_BYTES = 224 * 1024;

export interface ArchiveObjectsProps {
  /**
   * The path of the key of the file that has the batches. Unset: the map lists, and groups objects
   * into batches.
   */
  readonly partsKeyPath?: string;
  readonly resultPath: string;
}

export class ArchiveObjects extends sfn.DistributedMap {
  private readonly toleratedFailurePercent: number;

  constructor(
    scope: Construct,
    id: string,
    { settings, reports }: DefinitionProps,
    { partsKeyPath, resultPath }: ArchiveObjectsProps,
  ) {
    super(scope, id, {
      label: id,
      ...(partsKeyPath === undefined ? listBatches(settings) : readBatches(reports, partsKeyPath)),
      maxConcurrencyPath: toPlanPath('maxConcurrency'),
      resultWriterV2: new ReportWriter(reports),
      resultPath,
    });
    this.toleratedFailurePercent = settings.toleratedFailurePercentage;
  }

  /**
   * CDK refuses tokens. Known percentages are rounded up, because validators of definitions refuse
   * fractions, which AWS accepts.
   */
  public toStateJson(language?: sfn.QueryLanguage): object {
    const given = this.toleratedFailurePercent;
    const roundUp = (value: unknown) => (typeof value === 'number' ? Math.ceil(value) : value);
    const late = Lazy.uncachedAny({ produce: ({ resolve }) => roundUp(resolve(given)) });
    return {
      ...super.toStateJson(language),
      ToleratedFailurePercentage: Token.isUnresolved(given)
        ? Token.asNumber(late)
        : Math.ceil(given),
    };
  }
}

function listBatches(settings: Settings): sfn.DistributedMapProps {
  return {
    itemReader: new SourceReader(settings),
    itemBatcher: new sfn.ItemBatcher({
      maxItemsPerBatch: settings.batchSize,
      maxInputBytesPerBatch: MAX_INPUT_BYTES,
      // CDK renders this object unchanged, so paths have the `.$` of the Amazon States Language.
      batchInput: { 'run.$': toPlanPath('run'), 'progress.$': toPlanPath('progress') },
    }),
  };
}

export const BATCH_INPUT = {
  run: sfn.JsonPath.objectAt(toPlanPath('run')),
  progress: sfn.JsonPath.objectAt(toPlanPath('progress')),
};

function readBatches(reports: Place, partsKeyPath: string): sfn.DistributedMapProps {
  const item = (field: keyof PlannedPart) => `$$.Map.Item.Value.${field}`;
  return {
    itemReader: new LinesReader(reports, partsKeyPath),
    itemSelector: {
      BatchInput: BATCH_INPUT,
      part: {
        name: sfn.JsonPath.stringAt(item('name')),
        objects: sfn.JsonPath.numberAt(item('objects')),
      },
    },
  };
}

/** A reader that may list only the prefix. CDK's reader may list the whole bucket. */
class SourceReader extends sfn.S3ObjectsItemReader {
  private readonly source: Place;

  /**
   * AWS accepts no prefix (docs/aws-recorded.md), and maybe not an empty one, so a whole bucket has
   * none. Else PlanRun may make it longer.
   */
  constructor({ source, dateSource, selection }: Settings) {
    // Runs list less than the source's prefix if keys start with their dates, and there is a first
    // day.
    const isNarrowed =
      dateSource._settings().kind === 'keyPrefix' && selection._settings().kind !== 'olderThan';
    const listsWholeBucket = source.prefix === '' && !isNarrowed;
    super({
      bucket: source.bucket,
      ...(!listsWholeBucket && {
        prefix: sfn.JsonPath.stringAt(`${toPlanPath('listing')}.prefix`),
      }),
    });
    this.source = source;
  }

  public providePolicyStatements(): iam.PolicyStatement[] {
    return [createListStatement(this.source)];
  }
}

/**
 * A reader of lines that may read only the files of plans. CDK's reader may read the whole bucket.
 */
export class LinesReader extends sfn.S3JsonLItemReader {
  constructor(
    private readonly reports: Place,
    keyPath: string,
  ) {
    super({ bucket: reports.bucket, key: sfn.JsonPath.stringAt(keyPath) });
  }

  public providePolicyStatements(): iam.PolicyStatement[] {
    return [createStatement(['s3:GetObject'], getPlanArn(this.reports))];
  }
}

/**
 * A writer that may write only into the folders of map results. CDK's writer may write to the whole
 * bucket.
 */
export class ReportWriter extends sfn.ResultWriterV2 {
  constructor(private readonly reports: Place) {
    super({
      bucket: reports.bucket,
      prefix: sfn.JsonPath.stringAt(toPlanPath('resultPrefix')),
      writerConfig: {
        transformation: sfn.Transformation.COMPACT,
        outputType: sfn.OutputType.JSONL,
      },
    });
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
  public providePolicyStatements(): iam.PolicyStatement[] {
    const actions = [
      's3:PutObject',
      's3:GetObject',
      's3:ListMultipartUploadParts',
      's3:AbortMultipartUpload',
    ];
    return [createStatement(actions, ...getRunArns(this.reports, 'map-run/*'))];
  }
}

/** The input of a map, and then of ReportRun, which has the output of the map, too. */
export function toPlanPath(field: keyof Plan | keyof Pick<ReportRunEvent, 'map'>): string {
  return `$.${field}`;
}
