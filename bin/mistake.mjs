/**
 * Something that the user can mend; the message says how, and no stack is wanted.
 */

export class Mistake extends Error {
  /** As errors of files and network have one. */
  code = "MISTAKE";
}
