/** What the bench alone installs: nothing is known of it where the types are checked. */
declare module "esbuild";
declare module "@noble/hashes/*";
