export { isObject, toList } from 'cdk-s3-dated-archiver-s3-double';
export { type Json, type JsonObject, utf8Length } from 'cdk-s3-dated-archiver-engine';
