export { isObject, toList } from 'cdk-s3-dated-archiver-s3-double';

export type Json = null | boolean | number | string | Json[] | JsonObject;
export interface JsonObject {
  [key: string]: Json;
}

export function utf8Length(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}
