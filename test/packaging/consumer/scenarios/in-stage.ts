import { type App, Stack, Stage } from 'aws-cdk-lib';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { DateSelection, S3DatedArchiver } from 'cdk-s3-dated-archiver';
import type { Scenario } from './scenario';

/** The same stack is in two stages. Its bucket is in another stack of the same stage. */
export const inStage: Scenario = {
  name: 'inside a Stage',
  prefixes: ['incoming/', 'archive/', 'runs/'],
  archivers: 2,
  build: (app: App) => {
    const account = '111122223333';
    for (const [name, region] of [
      ['Staging', 'eu-central-1'],
      ['Production', 'ap-northeast-1'],
    ]) {
      const stage = new Stage(app, name, { env: { account, region } });
      const data = new Stack(stage, 'Data');
      const archive = new Stack(stage, 'Archive');
      new S3DatedArchiver(archive, 'Archiver', {
        bucket: new Bucket(data, 'Bucket'),
        prefix: 'incoming/',
        selection: DateSelection.daysAgo(2),
      });
    }
  },
};
