import { Token } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import * as sfn from 'aws-cdk-lib/aws-stepfunctions';
import type { Construct } from 'constructs';
import type { Plan } from '../../contract/payloads';
import { listUnder, statement, objectArns } from '../access/statements';
import type { Place } from '../place';

/** The Distributed Map's label: part of the ARNs of its Map Runs and children, so it must not change. */
export const MAP_LABEL = 'ArchiveObjects';

/** A batch's input ends at 256 KiB; counts, cursor and problems have to fit beside the items. */
const MAX_INPUT_BYTES = 224 * 1024;

export interface ArchiveObjectsProps {
  readonly source: Place;
  readonly reports: Place;
  readonly batchSize: number;
  readonly toleratedFailurePercentage: number;
  readonly mapExecutionType: sfn.StateMachineType;
}

/** The Distributed Map: lists what the plan says, batches it, and writes the batches' outputs to the report bucket. */
export class ArchiveObjects extends sfn.DistributedMap {
  constructor(scope: Construct, id: string, private readonly own: ArchiveObjectsProps) {
    super(scope, id, {
      mapExecutionType: own.mapExecutionType,
      label: MAP_LABEL,
      itemReader: new SourceReader(own.source),
      itemBatcher: new sfn.ItemBatcher({
        maxItemsPerBatch: own.batchSize,
        maxInputBytesPerBatch: MAX_INPUT_BYTES,
        // CDK writes this as it is: paths are spelled the way the Amazon States Language wants them.
        batchInput: { 'run.$': path('run'), 'progress.$': path('progress') },
      }),
      maxConcurrencyPath: path('maxConcurrency'),
      resultWriterV2: new ReportWriter(own.reports),
      resultPath: '$.map',
    });
  }

  /** CDK takes no token for the percentage, and validators of definitions no fraction. */
  public toStateJson(language?: sfn.QueryLanguage): object {
    const given = this.own.toleratedFailurePercentage;
    return { ...super.toStateJson(language), ToleratedFailurePercentage: Token.isUnresolved(given) ? given : Math.ceil(given) };
  }
}

/** CDK's reader may list the whole bucket; this one only what lies under the prefix. */
class SourceReader extends sfn.S3ObjectsItemReader {
  constructor(private readonly source: Place) {
    super({ bucket: source.bucket, prefix: sfn.JsonPath.stringAt(`${path('listing')}.prefix`) });
  }

  public providePolicyStatements(): iam.PolicyStatement[] {
    return [listUnder(this.source)];
  }
}

/** CDK's writer may write to the whole bucket; this one only under the report prefix. */
class ReportWriter extends sfn.ResultWriterV2 {
  constructor(private readonly reports: Place) {
    super({
      bucket: reports.bucket,
      prefix: sfn.JsonPath.stringAt(path('resultPrefix')),
      writerConfig: { transformation: sfn.Transformation.COMPACT, outputType: sfn.OutputType.JSONL },
    });
  }

  /** @see https://docs.aws.amazon.com/step-functions/latest/dg/iam-policies-eg-dist-map.html */
  public providePolicyStatements(): iam.PolicyStatement[] {
    const actions = ['s3:PutObject', 's3:GetObject', 's3:ListMultipartUploadParts', 's3:AbortMultipartUpload'];
    return [statement(actions, objectArns(this.reports))];
  }
}

/** A path into the map's input, which is the plan. */
function path(field: keyof Plan): string {
  return `$.${field}`;
}
