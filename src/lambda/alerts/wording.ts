/** The sentence with which every alert about unarchived objects begins. */
export const NOTHING_LOST = 'No object was lost. Objects that were not archived are untouched at the source.';
