import * as v from 'valibot';
import { checkPackIndex } from '../../contract/checks/check-pack-index';
import { ErrorName, namedError } from '../../contract/errors';
import { Settings } from '../../contract/payloads/settings';
import { toVariableName } from '../../contract/variables';
import { checkReports } from '../../dates/check-reports';
import { checkHours } from '../../dates/key-dates';
import { checkPackedArchiver } from '../../features/packing/contract/check-packed-archiver';

export type Environment = { readonly [variable: string]: string | undefined };

/** @throws InvalidRunInput with everything that is wrong with the settings */
export function readSettings(environment: Environment): Settings {
  const given: { [name: string]: unknown } = {};
  for (const [name, schema] of Object.entries(Settings.entries)) {
    const value = environment[toVariableName(name)];
    if (value !== undefined) {
      given[name] = isText(schema) ? value : parseValue(value);
    }
  }
  const result = v.safeParse(Settings, given);
  try {
    if (!result.success) {
      throw new Error(result.issues.map(({ message }) => message).join('; '));
    }
    checkTogether(result.output);
    return result.output;
  } catch (error) {
    throw namedError(
      ErrorName.INVALID_RUN_INPUT,
      `the archiver's settings are wrong: ${(error as Error).message}`,
    );
  }
}

function isText(schema: v.GenericSchema & { readonly wrapped?: v.GenericSchema }): boolean {
  return schema.wrapped ? isText(schema.wrapped) : ['string', 'picklist'].includes(schema.type);
}

/**
 * Reads JSON or a number. CloudFormation passes on a number as it was written, such as 05, which is
 * not JSON, also in an object. The schema refuses any other text.
 */
function parseValue(value: string): unknown {
  for (const text of [value, value.replace(/(^|":)0+(?=\d)/g, '$1')]) {
    try {
      return JSON.parse(text);
    } catch {
      continue;
    }
  }
  const number = Number(value);
  return value.trim() === '' || Number.isNaN(number) ? value : number;
}

function checkTogether(settings: Settings): void {
  const { sourceBucket, sourcePrefix, destinationBucket, destinationPrefix, layout, dateSource } =
    settings;
  checkHours(layout.format, dateSource);
  if (sourceBucket === destinationBucket && sourcePrefix === destinationPrefix) {
    throw new Error(
      `prefix and destinationPrefix are both "${sourcePrefix}" in bucket ${sourceBucket}, but ` +
        'must differ: set another destinationPrefix or destinationBucket',
    );
  }
  const places = { ...settings, layout: layout.format };
  checkReports(places);
  if (settings.packing) {
    checkPackedArchiver(settings);
    checkPackIndex(places);
  }
}
