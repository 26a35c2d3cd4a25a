export { addDays } from '../../../../src/dates/calendar';

/** The day of an instant in UTC, which is the zone of the scheduled archiver. */
export const toIsoDate = (instant: Date) => instant.toISOString().slice(0, 10);
