export { UsageError } from 'cdk-s3-dated-archiver-engine';
