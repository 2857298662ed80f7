/** Why a row cannot be stored as a dead letter. */
export class NoLetterError extends Error {}

/** `JENTRY_OFFLENMASK` in src/include/utils/jsonb.h: what a jsonb object, and a string in it, can hold. */
export const MAX_JSON_BYTES: number = 268_435_455;

/** @throws NoLetterError for more bytes than a jsonb can hold. */
export function checkJsonBytes(bytes: number): void {
  if (bytes > MAX_JSON_BYTES) {
    throw tooLarge();
  }
}

/** The error for a row that is too large. */
export function tooLarge(): NoLetterError {
  return new NoLetterError(
    `the text form of the row is larger than ${MAX_JSON_BYTES} bytes, the limit of jsonb`,
  );
}
