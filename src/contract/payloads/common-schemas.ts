import * as v from 'valibot';

export const isoDate = v.pipe(v.string(), v.isoDate('is not a date like 2026-11-24'));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
